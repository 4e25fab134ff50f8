import { sampleOf } from './pattern-sample';
import { compileSchema } from './schema-compiler';
import { SampleTooLargeError, sampleOfSchema } from './schema-sample';

/** Nested lists, each of this length. */
const nested = (levels: number, minItems: number): Record<string, unknown> =>
  levels === 0 ? { type: 'integer' } : { type: 'array', minItems, items: nested(levels - 1, minItems) };

const SCHEMAS: Record<string, Record<string, unknown>> = {
  'a quiz': {
    type: 'object',
    required: ['title', 'questions'],
    additionalProperties: false,
    properties: {
      title: { type: 'string', minLength: 5, maxLength: 30 },
      questions: {
        type: 'array',
        minItems: 5,
        maxItems: 10,
        items: {
          type: 'object',
          required: ['question', 'choices', 'answer'],
          properties: {
            question: { type: 'string', minLength: 200 },
            choices: {
              type: 'array',
              items: { type: 'string' },
              minItems: 4,
              maxItems: 4,
              uniqueItems: true,
            },
            answer: { type: 'integer', minimum: 0, maximum: 3 },
            difficulty: { enum: ['easy', 'medium', 'hard'] },
          },
        },
      },
    },
  },
  numbers: {
    type: 'object',
    properties: {
      a: { type: 'number', exclusiveMinimum: 3, exclusiveMaximum: 4 },
      b: { type: 'integer', multipleOf: 7, minimum: 50 },
      c: { type: 'integer', maximum: -3 },
      d: { type: 'number', minimum: 0.5, maximum: 0.6 },
      e: { type: 'number', multipleOf: 0.01, exclusiveMinimum: 4.34, maximum: 4.35 },
    },
    required: ['a', 'b', 'c', 'd', 'e'],
  },
  'references and combinators': {
    definitions: {
      node: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, child: { $ref: '#/definitions/node' } },
      },
    },
    allOf: [
      { type: 'object', required: ['root'], properties: { root: { $ref: '#/definitions/node' } } },
      { required: ['kind'] },
    ],
    properties: {
      kind: { oneOf: [{ const: 'tree' }, { const: 'forest' }] },
      maybe: { type: ['null', 'string'] },
      any: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    },
  },
  formats: {
    type: 'object',
    required: ['when', 'day', 'mail', 'link', 'key'],
    properties: {
      when: { type: 'string', format: 'date-time' },
      day: { type: 'string', format: 'date' },
      mail: { type: 'string', format: 'email' },
      link: { type: 'string', format: 'uri' },
      key: { type: 'string', format: 'uuid' },
    },
  },
  patterns: {
    type: 'array',
    minItems: 4,
    items: [
      { type: 'string', pattern: '^[A-Z]{2}-\\d{4}$' },
      { type: 'string', pattern: '^(red|green|blue)$' },
      { type: 'string', pattern: '^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$' },
      { type: 'string', pattern: '^\\p{Lu}\\p{L}*(?: \\p{L}+)?$' },
    ],
  },
  'unique choices': { type: 'array', minItems: 3, uniqueItems: true, items: { enum: ['a', 'b', 'c', 'd'] } },
  'unique numbers': { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'integer', minimum: 5 } },
  'a map': { type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } },
  'a schema that requires itself within reason': {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', items: { $ref: '#' } } },
  },
  'if and then': {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['x', 'y'] } },
    if: { properties: { kind: { const: 'x' } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: { required: ['detail'], properties: { detail: { type: 'string' } } },
  },
  anything: {},
};

describe('the sample of a schema', () => {
  it.each(Object.entries(SCHEMAS))('is valid for %s', (_name, schema) => {
    const instance = sampleOfSchema(schema);
    expect({ issues: compileSchema(schema).validate(instance), instance }).toMatchObject({ issues: [] });
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'a pattern that backtracks',
      { type: 'object', required: [`${'a'.repeat(60)}!`], patternProperties: { '^(a+)+$': {} } },
    ],
    ['a pattern with many alternatives', { type: 'string', pattern: '^((a|b|c|ab|bc){1,10}x?){1,10}$' }],
  ])('is made soon, and fits: %s', (_name, schema) => {
    expect(compileSchema(schema).validate(sampleOfSchema(schema))).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['long lists in long lists', nested(3, 200)],
    ['a long text', { type: 'string', minLength: 200_000_000 }],
    ['many properties', { type: 'object', minProperties: 1e9 }],
    [
      'a long text by a pattern in a long list',
      { type: 'array', minItems: 100, items: { pattern: '^a{900}$' } },
    ],
  ])('is not generated if it would be too large: %s', (_name, schema) => {
    expect(() => sampleOfSchema(schema)).toThrow(SampleTooLargeError);
  });

  it('omits optional parts if the whole would be too large', () => {
    const schema = { properties: { a: { type: 'integer' }, b: nested(3, 200) }, required: ['a'] };
    expect(sampleOfSchema(schema)).toEqual({ a: 1 });
  });

  it('does not mistake inherited names for properties', () => {
    const schema = { type: 'object', required: ['constructor', 'toString'] };
    expect(compileSchema(schema).validate(sampleOfSchema(schema))).toEqual([]);
    expect(sampleOfSchema({ $ref: '#/constructor' })).toEqual(expect.any(String));
  });

  it('is the same each time', () => {
    for (const schema of Object.values(SCHEMAS))
      expect(sampleOfSchema(schema)).toEqual(sampleOfSchema(schema));
  });

  it.each([
    '^a+b{3}$',
    '^(?:\\+\\d{1,3} )?\\d{5,}$',
    '^[\\w.-]+$',
    '^(one|two) (three|four)$',
    '^.{10,20}$',
    '^[a-z0-9_-]{3,16}$',
    '^#?[0-9a-fA-F]{6}$',
  ])('matches %s', (pattern) => expect(sampleOf(pattern)).toMatch(new RegExp(pattern, 'u')));

  it('grows a match to its least length', () => {
    const text = sampleOf('^[a-z ]+$', 40, 60);
    expect(text).toMatch(/^[a-z ]{40,60}$/);
  });
});
