import type { JsonObject } from '../../shared/json';
import { compileSchema, schemaIssues } from './schema-compiler';

/** What is refused in one schema. */
const refused = (schema: JsonObject) =>
  schemaIssues({ it: schema }).map((issue) => ({ ...issue, path: issue.path.replace(/^it/, '') }));

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
        // As a spread, so that nothing takes the schema for a promise.
        ...Object.fromEntries([['then', { required: ['x'] }]]),
        else: { required: ['y'] },
        dependencies: { x: ['z'], y: { minProperties: 2 } },
      },
    ],
  ])('are taken: %s', (_name, schema) => {
    expect(refused(schema)).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['an if without a then', { if: { type: 'string' } }],
    ['a then without an if', Object.fromEntries([['then', { type: 'string' }]])],
    ['additionalItems without items', { additionalItems: false }],
    ['a property that a pattern matches, too', { properties: { ab: {} }, patternProperties: { '^a': {} } }],
    ['several types', { type: ['string', 'number'], minLength: 1, minimum: 0 }],
    ['a keyword of another type', { type: 'string', minimum: 1 }],
    ['a tuple without a length', { type: 'array', items: [{ type: 'string' }] }],
    ['a required property that is not described', { type: 'object', required: ['x'], properties: {} }],
    ['a boolean in place of a schema', { properties: { a: true, b: false }, additionalItems: true }],
    ['the names of what every object has', { properties: { constructor: {}, prototype: {}, toString: {} } }],
  ])('are taken, as draft 7 allows it: %s', (_name, schema) => {
    expect(refused(schema)).toEqual([]);
  });

  it.each(['iri', 'iri-reference', 'idn-email', 'idn-hostname', 'uri-template', 'relative-json-pointer'])(
    'may name the format %s of draft 7',
    (format) => {
      const schema = { type: 'string', format };
      expect(refused(schema)).toEqual([]);
      expect(compileSchema(schema).validate('\\ not { one')).not.toEqual([]);
    },
  );

  it('share one budget in a definition', () => {
    const patterns = (from: number) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, { pattern: `^x${from + i}$` }]));
    const one = { properties: patterns(0) };
    const other = { properties: patterns(100) };
    expect(schemaIssues({ input_schema: one })).toEqual([]);
    expect(schemaIssues({ input_schema: one, output_schema: other })).toEqual([
      expect.objectContaining({
        path: 'output_schema.properties.p40.pattern',
        reason: 'too_many_patterns',
      }),
    ]);
    const large = (letter: string) => ({ pattern: `^${letter}{1000}$` });
    const all = Object.fromEntries(Array.from('abcdefghijk', (letter) => [letter, large(letter)]));
    expect(schemaIssues({ it: { properties: all } })[0]).toMatchObject({ reason: 'pattern_too_large' });
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
    ['a huge enum', { enum: Array.from({ length: 3001 }, (_, i) => i) }, '', 'too_large'],
    [
      'many objects',
      { properties: Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`p${i}`, {}])) },
      '',
      'too_large',
    ],
    ['much text', { description: 'x'.repeat(100_000) }, '', 'too_large'],
    [
      'deep nesting',
      Array.from({ length: 12 }).reduce<JsonObject>((inner) => ({ properties: { a: inner } }), {}),
      '',
      'too_deep',
    ],
    ['a reference to itself', { $ref: '#' }, '', 'endless_ref'],
  ])('are refused with the path: %s', (_name, schema, path, reason) => {
    expect(refused(schema)[0]).toMatchObject({ path, reason });
  });
});

describe('values', () => {
  it('get all their mismatches reported, with paths', () => {
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
        { path: '.more', reason: 'additionalProperties', message: 'does not exist here: leave it out' },
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

  it('are multiples by decimal arithmetic', () => {
    const multiples = (step: number, ...values: number[]) =>
      values.map((value) => compileSchema({ multipleOf: step }).validate(value).length === 0);
    expect(multiples(0.01, 4.35, 19.99, 0.07, 4.355, 1e21)).toEqual([true, true, true, false, true]);
    expect(multiples(0.1, 0.3, 1.1, 0.35)).toEqual([true, true, false]);
    expect(multiples(3, 9, 10, -6)).toEqual([true, false, true]);
    expect(multiples(1e-300, 1e300)).toEqual([true]);
    expect(compileSchema({ multipleOf: 0.01 }).validate(0.005)).toEqual([
      { path: '', reason: 'multipleOf', message: 'must be a multiple of 0.01' },
    ]);
  });

  it('have the properties that they have, and none of every object', () => {
    const schema = compileSchema({
      type: 'object',
      properties: { constructor: { type: 'string' }, toString: { type: 'string' } },
      required: ['constructor'],
      dependencies: { valueOf: ['other'] },
    });
    expect(schema.validate({ constructor: 'Gaudí' })).toEqual([]);
    expect(schema.validate({})[0]).toMatchObject({ reason: 'required' });
    expect(schema.validate({ constructor: 1 })[0]).toMatchObject({ path: '.constructor', reason: 'type' });
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

  it('are refused if they are too deep', () => {
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
    // Generous for slow machines; without the limits each of these takes minutes or forever.
    expect(milliseconds(() => compiled.validate(value))).toBeLessThan(15_000);
  });

  it('accept large normal values', () => {
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
