import { LRUCache } from 'lru-cache';
import type { JsonObject } from '../../shared/json';
import type { SchemaAnswer, SchemaTask } from './json-schema.types';
import { type CompiledSchema, compileSchema, SchemaRefusedError, schemaIssues } from './schema-compiler';
import { SampleTooLargeError, sampleOfSchema } from './schema-sample';

/** A quarter of the memory that the thread may use: see `schema-thread.ts`. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Holds stored schemas only; a schema that is only checked is not kept. */
const compiled = new LRUCache<string, CompiledSchema>({
  maxSize: CACHE_BYTES,
  sizeCalculation: ({ weight }) => weight,
});

function compiledOnce(hash: string, schema: JsonObject): CompiledSchema {
  const known = compiled.get(hash);
  if (known !== undefined) return known;
  const made = compileSchema(schema);
  compiled.set(hash, made);
  return made;
}

function answer(task: SchemaTask): SchemaAnswer {
  switch (task.kind) {
    case 'ready':
      return { kind: 'done' };
    case 'check':
      return { kind: 'issues', issues: schemaIssues(task.schemas) };
    case 'validate':
      return { kind: 'issues', issues: compiledOnce(task.hash, task.schema).validate(task.value) };
    case 'sample':
      return { kind: 'sample', value: sampleOfSchema(task.schema) };
  }
}

/** Runs one task in a thread of `JsonSchemas`. */
export function run(task: SchemaTask): SchemaAnswer {
  try {
    return answer(task);
  } catch (error) {
    if (error instanceof SchemaRefusedError) return { kind: 'refused', issues: error.issues };
    if (error instanceof SampleTooLargeError) return { kind: 'sample_too_large' };
    throw error;
  }
}
