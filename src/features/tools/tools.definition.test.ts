import { canonicalJson, contentHash } from '../../shared/json';
import { DefinitionSchema } from './tools.definition';
import { diffJson } from './tools.diff';
import type { ToolDefinition } from './tools.kinds';
import { definitionFor } from './tools.secrets';

const chat = { name: 'Partner', version: '1.0', type: 'chat', behavior: 'Ask first.' };
const object = { type: 'object' };
const product = { ...chat, type: 'product', input_schema: object, output_schema: object };

const refusals = (definition: unknown) =>
  DefinitionSchema.safeParse(definition).error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('a definition', () => {
  it('may be a chat or a product', () => {
    expect(refusals(chat)).toEqual([]);
    expect(refusals(product)).toEqual([]);
    expect(
      refusals({
        ...chat,
        model: 'demo',
        constraints: {
          topics: ['forces'],
          no_direct_answers: true,
          max_messages: 5,
          max_session_duration: 10,
        },
        modules: [],
        meta: { subject: 'Physics', grades: [9, 'K'], description: 'Asks.', tags: ['x'] },
      }),
    ).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...chat, prompt: 'x' }, ''],
    ['an unknown constraint', { ...chat, constraints: { max: 1 } }, 'constraints'],
    ['no behavior', { ...chat, behavior: '' }, 'behavior'],
    ['a blank behavior', { ...chat, behavior: ' \n ' }, 'behavior'],
    ['a behavior that is too long', { ...chat, behavior: 'x'.repeat(50_001) }, 'behavior'],
    ['a behavior that cannot be stored', { ...chat, behavior: 'a\0b' }, 'behavior'],
    ['another type', { ...chat, type: 'game' }, 'type'],
    ['a chat with a schema', { ...chat, input_schema: object }, 'input_schema'],
    ['a product without schemas', { ...chat, type: 'product' }, 'input_schema'],
    ['a schema that is no object', { ...product, input_schema: true }, 'input_schema'],
    ['a schema with NUL', { ...product, input_schema: { title: 'a\0' } }, 'input_schema'],
    ['a module that nobody knows', { ...chat, modules: [{ name: 'nonsense' }] }, 'modules.0.name'],
    ['a module that cannot run yet', { ...chat, modules: [{ name: 'topic-guard' }] }, 'modules.0.name'],
    [
      'a definition that is too large',
      { ...product, input_schema: { description: 'x'.repeat(300_000) } },
      '',
    ],
    ['a definition of too many parts', { ...chat, constraints: { topics: Array(100_000).fill('') } }, ''],
    [
      'minutes of nothing',
      { ...chat, constraints: { max_session_duration: 0 } },
      'constraints.max_session_duration',
    ],
  ])('is refused with the path: %s', (_name, definition, path) => {
    expect(refusals(definition)[0]).toBe(path);
  });

  it('is refused because of its size before any part of it is validated', () => {
    const issues = (definition: unknown) => DefinitionSchema.safeParse(definition).error?.issues;
    const parts = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`unknown${i}`, '']));
    expect(issues({ ...chat, ...parts })).toEqual([
      expect.objectContaining({ params: { reason: 'too_large' } }),
    ]);
    expect(issues({ ...chat, behavior: 'x'.repeat(300_000), unknown: 1 })).toHaveLength(1);
  });

  it('has one hash, however its keys are ordered', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[1,{"c":2,"d":1}]}');
    expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1 }));
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
  });

  it('loses what only editors may see', () => {
    const definition = {
      ...chat,
      modules: [{ name: 'answer-guard', config: { answers: ['42'] } }],
    } as ToolDefinition;
    expect(definitionFor(definition, true)).toBe(definition);
    const visible = definitionFor(definition, false);
    expect(visible).toEqual({
      name: 'Partner',
      version: '1.0',
      type: 'chat',
      modules: [{ name: 'answer-guard' }],
    });
  });
});

describe('the differences of two definitions', () => {
  it('are reported with their place', () => {
    const from = { name: 'a', constraints: { topics: ['x', 'y'] }, model: 'm', 'a/b~c': 1 };
    const to = { name: 'b', constraints: { topics: ['x'], max_messages: 3 }, 'a/b~c': { d: 1 }, meta: {} };
    expect(diffJson(from, to)).toEqual([
      { path: '/name', op: 'changed', from: 'a', to: 'b' },
      { path: '/constraints/topics/1', op: 'removed', from: 'y' },
      { path: '/constraints/max_messages', op: 'added', to: 3 },
      { path: '/model', op: 'removed', from: 'm' },
      { path: '/a~1b~0c', op: 'changed', from: 1, to: { d: 1 } },
      { path: '/meta', op: 'added', to: {} },
    ]);
    expect(diffJson(from, from)).toEqual([]);
  });
});
