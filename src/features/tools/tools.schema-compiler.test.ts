import { compileSchema, schemaIssues } from './tools.schema-compiler';
import type { JsonObject } from './tools.types';

const tree = {
  type: 'object',
  properties: { left: { $ref: '#' }, right: { $ref: '#' }, value: { type: 'integer' } },
  additionalProperties: false,
};

function milliseconds(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

describe('schemas that authors write', () => {
  it.each<[string, JsonObject]>([
    [
      'a plain form',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: 'https://example.org/form',
        type: 'object',
        properties: { topic: { type: 'string', minLength: 1 } },
        required: ['topic'],
      },
    ],
    [
      'the other spelling of the dialect',
      { $schema: 'https://json-schema.org/draft-07/schema', type: 'object' },
    ],
    ['a recursive tree', tree],
    [
      'definitions',
      {
        definitions: { word: { type: 'string', pattern: '^\\p{L}+$' } },
        type: 'array',
        items: { $ref: '#/definitions/word' },
      },
    ],
    [
      'a property that has the name of a keyword',
      { type: 'object', properties: { $ref: { type: 'string' }, $id: { type: 'string' }, unknown: true } },
    ],
    [
      'every format',
      {
        type: 'object',
        properties: { a: { type: 'string', format: 'date-time' }, b: { type: 'string', format: 'email' } },
      },
    ],
    [
      'conditions',
      {
        if: { properties: { kind: { const: 'a' } } },
        // As a spread: nobody shall take the schema for a promise.
        ...Object.fromEntries([['then', { required: ['x'] }]]),
        else: { required: ['y'] },
        dependencies: { x: ['z'], y: { minProperties: 2 } },
      },
    ],
  ])('are taken: %s', (_name, schema) => {
    expect(schemaIssues(schema)).toEqual([]);
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'another draft',
      { $schema: 'https://json-schema.org/draft/2020-12/schema' },
      '.$schema',
      'unknown_dialect',
    ],
    [
      'a remote reference',
      { properties: { a: { $ref: 'https://example.org/x.json' } } },
      '.properties.a.$ref',
      'remote_ref',
    ],
    [
      'a reference to nowhere',
      { properties: { a: { $ref: '#/definitions/none' } } },
      '.properties.a.$ref',
      'unknown_ref',
    ],
    [
      'a reference into a value',
      { properties: { a: { $ref: '#/default' } }, default: { $async: true } },
      '.properties.a.$ref',
      'unknown_ref',
    ],
    ['an asynchronous schema', { $async: true, type: 'object' }, '.$async', 'unknown_keyword'],
    ['a keyword of Ajv', { type: 'object', $data: true }, '.$data', 'unknown_keyword'],
    [
      'a keyword that nobody knows',
      { properties: { a: { typ: 'string' } } },
      '.properties.a.typ',
      'unknown_keyword',
    ],
    ['our own keyword', { 'x-step': true }, '.x-step', 'unknown_keyword'],
    [
      'an inner $id',
      { properties: { a: { $id: 'https://example.org/a' } } },
      '.properties.a.$id',
      'inner_id',
    ],
    [
      'look-ahead',
      { properties: { a: { pattern: '^(?=a)b' } } },
      '.properties.a.pattern',
      'pattern_unsupported',
    ],
    [
      'a back-reference',
      { patternProperties: { '(a)\\1': {} } },
      '.patternProperties.(a)\\1',
      'pattern_unsupported',
    ],
    [
      'a pattern that repeats itself too often',
      { pattern: 'a{900}b{900}c{900}' },
      '.pattern',
      'pattern_too_large',
    ],
    ['a long pattern', { pattern: 'a'.repeat(501) }, '.pattern', 'pattern_too_long'],
    ['an unknown format', { format: 'phone' }, '.format', 'unknown_format'],
    ['a wrong type', { properties: { a: { type: 'text' } } }, '.properties.a.type', 'enum'],
    ['a wrong keyword value', { required: 'a' }, '.required', 'type'],
    ['a huge enum', { enum: Array.from({ length: 2001 }, (_, i) => i) }, '', 'too_large'],
    [
      'many objects',
      { properties: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`p${i}`, {}])) },
      '',
      'too_large',
    ],
    ['much text', { description: 'x'.repeat(70_000) }, '', 'too_large'],
    [
      'deep nesting',
      Array.from({ length: 12 }).reduce<JsonObject>((inner) => ({ properties: { a: inner } }), {}),
      '',
      'too_deep',
    ],
    ['a reference to itself', { $ref: '#' }, '', 'endless_ref'],
  ])('are refused with the path: %s', (_name, schema, path, reason) => {
    expect(schemaIssues(schema)[0]).toMatchObject({ path, reason });
  });

  it('are compiled once', () => {
    expect(compileSchema({ type: 'object', required: ['a'] })).toBe(
      compileSchema({ required: ['a'], type: 'object' }),
    );
  });
});

describe('values', () => {
  it('are told all that does not fit, with paths', () => {
    const schema = compileSchema({
      type: 'object',
      properties: {
        topics: { type: 'array', items: { type: 'string', maxLength: 3 }, uniqueItems: true },
        grade: { enum: [1, 2] },
        mail: { type: 'string', format: 'email' },
      },
      required: ['grade', 'name'],
      additionalProperties: false,
    });
    expect(schema.validate({ topics: ['a', 'long'], grade: 3, mail: 'x', more: 1 })).toEqual(
      expect.arrayContaining([
        { path: '', reason: 'required', message: "must have required property 'name'" },
        { path: '.more', reason: 'additionalProperties', message: 'is not known here' },
        { path: '.topics[1]', reason: 'maxLength', message: 'must NOT have more than 3 characters' },
        { path: '.grade', reason: 'enum', message: 'must be equal to one of the allowed values: [1,2]' },
        { path: '.mail', reason: 'format', message: 'must match format "email"' },
      ]),
    );
    expect(schema.validate({ topics: ['a', 'a'], grade: 1, name: 'x' })[0]).toMatchObject({
      reason: 'additionalProperties',
    });
    expect(schema.validate({ topics: ['a', 'b'], grade: 1 })[0]).toMatchObject({ reason: 'required' });
  });

  it('may be recursive', () => {
    const schema = compileSchema(tree);
    expect(schema.validate({ left: { left: { value: 1 }, right: {} }, value: 2 })).toEqual([]);
    expect(schema.validate({ left: { left: { value: 'x' } } })).toEqual([
      { path: '.left.left.value', reason: 'type', message: 'must be integer' },
    ]);
  });

  it('keep references in their siblings', () => {
    const schema = compileSchema({
      definitions: { short: { maxLength: 2 } },
      allOf: [{ minLength: 1 }],
      $ref: '#/definitions/short',
      title: 'x',
    });
    expect(schema.validate('ab')).toEqual([]);
    expect(schema.validate('abc')[0]).toMatchObject({ reason: 'maxLength' });
    expect(schema.validate('')[0]).toMatchObject({ reason: 'minLength' });
  });

  it('that are too deep are refused', () => {
    const deep = Array.from({ length: 60 }).reduce<JsonObject>((inner) => ({ left: inner }), {});
    expect(compileSchema(tree).validate(deep)[0]).toMatchObject({ reason: 'too_complex' });
  });
});

describe('schemas made to cost time', () => {
  const manyObjects = Array.from({ length: 60_000 }, (_, i) => ({ i }));
  const longText = 'a'.repeat(900_000);

  it.each<[string, JsonObject, unknown]>([
    ['a pattern that backtracks', { type: 'string', pattern: '^(a+)+$' }, `${longText}!`],
    [
      'many patterns on one text',
      { allOf: Array.from({ length: 100 }, (_, i) => ({ pattern: `(a|aa)+b{${i}}$` })) },
      longText,
    ],
    [
      'patterns for many keys',
      { patternProperties: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`(a|k)*x${i}$`, true])) },
      Object.fromEntries(manyObjects.map((_, i) => [`kkkkkkkk${i}`, 1])),
    ],
    ['a long array of unique objects', { type: 'array', uniqueItems: true }, manyObjects],
    [
      'references that double at each step',
      {
        definitions: Object.fromEntries(
          Array.from({ length: 40 }, (_, i) => [
            `d${i}`,
            i === 39
              ? { minLength: 1 }
              : { allOf: [{ $ref: `#/definitions/d${i + 1}` }, { $ref: `#/definitions/d${i + 1}` }] },
          ]),
        ),
        $ref: '#/definitions/d0',
      },
      longText,
    ],
    [
      'recursion that doubles at each level',
      { allOf: Array.from({ length: 10 }, () => ({ properties: { x: { $ref: '#' } } })) },
      Array.from({ length: 35 }).reduce<unknown>((inner) => ({ x: inner }), longText),
    ],
    ['an endless reference within', { properties: { x: { $ref: '#/properties/x' } } }, { x: 1 }],
  ])('end soon: %s', (_name, schema, value) => {
    const compiled = compileSchema(schema);
    // Generous for slow machines; without the limits each of these takes minutes or for ever.
    expect(milliseconds(() => compiled.validate(value))).toBeLessThan(15_000);
  });

  it('and large honest values pass', () => {
    const quiz = compileSchema({
      type: 'object',
      properties: { questions: { type: 'array', items: { $ref: '#/definitions/question' } } },
      definitions: {
        question: {
          type: 'object',
          properties: {
            text: { type: 'string', pattern: '\\S' },
            choices: { type: 'array', items: { type: 'string' }, uniqueItems: true },
          },
          required: ['text', 'choices'],
        },
      },
    });
    const questions = Array.from({ length: 3_000 }, (_, i) => ({
      text: `Question ${i}: ${'why '.repeat(40)}`,
      choices: ['a', 'b', 'c', 'd'],
    }));
    expect(quiz.validate({ questions })).toEqual([]);
  });
});
