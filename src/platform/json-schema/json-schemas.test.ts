import Ajv from 'ajv';
import { RE2JS } from 're2js';
import { RateLimitedError } from '../../shared/errors';
import type { JsonObject } from '../../shared/json';
import { createLogger } from '../logging/logger';
import { JsonSchemas, NoSampleError, SchemaUnusableError } from './json-schemas';

const schemas = new JsonSchemas(createLogger({ service: 'test', level: 'error', format: 'pretty' }));
/** Work that would run on the process's own thread. */
const compilations = [jest.spyOn(RE2JS, 'compile'), jest.spyOn(Ajv.prototype, 'compile')];
afterAll(() => schemas.close());

/** Matches each of 20,000 names against each of 90 patterns, which takes seconds. */
const slow: JsonObject = {
  patternProperties: Object.fromEntries(
    Array.from({ length: 90 }, (_, i) => [`(a|k)*x${i}$`, { minimum: 0 }]),
  ),
};
const manyNames = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`${'k'.repeat(40)}${i}`, 1]));

describe('the schemas of authors', () => {
  it('start no thread before they are needed', async () => {
    const idle = new JsonSchemas(createLogger({ service: 'test', level: 'error', format: 'pretty' }));
    expect([idle.definitions.threads, idle.values.threads]).toEqual([0, 0]);
    expect(await idle.check({}, 'author')).toEqual([]);
    expect([idle.definitions.threads, idle.values.threads]).toEqual([0, 0]);
    await idle.close();
  });

  it('are checked together, with paths that begin with their names', async () => {
    const input_schema = { type: 'object', properties: { a: { type: 'text' } } };
    const output_schema = { properties: { b: { pattern: '(?=x)' } } };
    expect((await schemas.check({ input_schema }, 'author'))[0]).toMatchObject({
      path: 'input_schema.properties.a.type',
      reason: 'enum',
    });
    expect(await schemas.check({ input_schema: {}, output_schema }, 'author')).toEqual([
      expect.objectContaining({
        path: 'output_schema.properties.b.pattern',
        reason: 'pattern_unsupported',
      }),
    ]);
  });

  it('check values, in a thread apart from that for definitions', async () => {
    const schema = { type: 'object', properties: { constructor: { type: 'string', maxLength: 3 } } };
    expect(await schemas.validate(schema, { constructor: 'abc' }, null)).toEqual([]);
    expect(await schemas.validate(schema, { constructor: 'abcd' }, null)).toEqual([
      { path: '.constructor', reason: 'maxLength', message: 'must NOT have more than 3 characters' },
    ]);
    expect([schemas.definitions.threads, schemas.values.threads]).toEqual([1, 1]);
  });

  it('are refused at their use if they exceed today’s limits', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 101 }, (_, i) => [`p${i}`, { pattern: `${i}` }]),
    );
    await expect(schemas.validate({ properties }, {}, null)).rejects.toThrow(SchemaUnusableError);
  });

  it('give samples, or report that there is none', async () => {
    expect(await schemas.sample({ type: 'array', items: { const: 'x' } })).toEqual(['x', 'x']);
    await expect(schemas.sample({ type: 'string', minLength: 2e8 })).rejects.toThrow(NoSampleError);
  });

  it('may be expensive without blocking the process', async () => {
    expect(await schemas.validate(slow, manyNames, null)).toMatchObject([{ reason: 'too_complex' }]);
  });

  it('are done for one person a few at a time, and for others meanwhile', async () => {
    const check = (person: string) => schemas.check({ it: { type: 'object' } }, person);
    const [one, two, three, other] = await Promise.allSettled([
      check('author'),
      check('author'),
      check('author'),
      check('another'),
    ]);
    expect([one.status, two.status, other.status]).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect((three as PromiseRejectedResult).reason).toBeInstanceOf(RateLimitedError);
    expect(await check('author')).toEqual([]);
  });

  it('are compiled by no other thread of the process', () => {
    for (const compile of compilations) expect(compile).not.toHaveBeenCalled();
  });
});
