import Ajv, { type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type FieldIssue, InvalidInputError } from '../../shared/errors';
import { BoundedMap } from './tools.bounded-map';
import { canonicalJson, contentHash } from './tools.json';
import {
  compilePattern,
  isObject,
  ROOT,
  refusalsOf,
  SCHEMA_FORMATS,
  subschemasOf,
} from './tools.schema-rules';
import type { JsonObject } from './tools.types';

/** Where a value does not fit: `{ path: '.topics[2]', reason: 'maxLength', message: '…' }`; the path of the root is ''. */
export type SchemaIssue = FieldIssue;

export interface CompiledSchema {
  /** What does not fit, at most 50 issues; empty for a valid value. Its time is bounded, whatever schema and value are. */
  validate(value: unknown): SchemaIssue[];
}

/** Deepest value that is checked; bodies are no deeper either. */
const MAX_VALUE_DEPTH = 40;
const MAX_ISSUES = 50;
/** Compiled schemas kept, about 50 KB each. */
const MAX_COMPILED = 300;
/** The work that one check may cost, in the units of `Budget`: one to two seconds at the very worst. */
const MAX_WORK = 200_000;
/** Bytes of value times objects of schema that make one unit. */
const CHECKS_PER_UNIT = 10_000;
/** Steps of the pattern engine (characters times instructions) that make one unit. */
const PATTERN_STEPS_PER_UNIT = 500;
/** Beyond this much work only the first issue is told: collecting all of them takes memory. */
const MAX_WORK_FOR_ALL_ISSUES = 100;

class TooComplexError extends Error {}

/**
 * What the running check may still cost. `$ref`s make a small schema do exponential work, so each one that is
 * followed pays for the part of the value it looks at; so does each pattern. One for the process: checks do not wait.
 */
class Budget {
  private left = 0;
  private unitsPerByte = 0;
  private sizes = new Map<unknown, number>();

  begin(value: unknown, schemaObjects: number): number {
    this.left = MAX_WORK;
    this.sizes = new Map();
    this.unitsPerByte = schemaObjects / CHECKS_PER_UNIT;
    const work = this.measure(value, 1) * this.unitsPerByte;
    this.spend(work);
    return work;
  }

  end(): void {
    this.sizes.clear();
  }

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new TooComplexError();
  }

  spendOn(value: unknown): void {
    this.spend(1 + this.sizeOf(value) * this.unitsPerByte);
  }

  /** Bytes, about. */
  private sizeOf(value: unknown): number {
    if (typeof value === 'string') return value.length;
    return this.sizes.get(value) ?? 8;
  }

  private measure(value: unknown, depth: number): number {
    if (depth > MAX_VALUE_DEPTH) throw new TooComplexError();
    if (typeof value !== 'object' || value === null) return this.sizeOf(value);
    let size = 8;
    for (const [key, child] of Object.entries(value)) size += key.length + this.measure(child, depth + 1);
    this.sizes.set(value, size);
    return size;
  }
}

const budget = new Budget();
const STEP = 'x-step';

/** Patterns run in linear time. Ajv keeps them apart by their toString(). */
const regExp = Object.assign(
  (pattern: string) => {
    const compiled = compilePattern(pattern);
    const instructions = compiled.programSize();
    const test = (text: string): boolean => {
      budget.spend(1 + (text.length * instructions) / PATTERN_STEPS_PER_UNIT);
      return compiled.test(text);
    };
    return { test, toString: () => pattern };
  },
  { code: 'undefined' },
);

/** By hash instead of each with each, which takes minutes for a long array. */
function hasNoEquals(items: unknown[]): boolean {
  const seen = new Set<string>();
  return items.every((item) => {
    budget.spendOn(item);
    return seen.size < seen.add(canonicalJson(item)).size;
  });
}

/** A compiler of its own for each schema: a shared one would keep every schema it has ever seen. */
function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    meta: false,
    validateSchema: false,
    strictTypes: false,
    strictTuples: false,
    logger: false,
    // Inlined, a small schema could become megabytes of code.
    inlineRefs: false,
    code: { regExp },
    ...options,
  });
  addFormats(ajv, [...SCHEMA_FORMATS]);
  ajv.addKeyword({
    keyword: STEP,
    errors: false,
    validate: (_on: boolean, value: unknown) => {
      budget.spendOn(value);
      return true;
    },
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (on: boolean, items: unknown[]) => !on || hasNoEquals(items),
  });
  return ajv;
}

/** The same schema, in which every `$ref` pays before it is followed. */
function withSteps(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const copy = structuredClone(schema);
  const visit = (part: unknown): void => {
    if (!isObject(part)) return;
    for (const child of subschemasOf(part, ROOT)) visit(child.schema);
    const { $ref } = part;
    if ($ref === undefined) return;
    delete part.$ref;
    // At the end, so that pointers to what stood there before still hold.
    part.allOf = [...(Array.isArray(part.allOf) ? part.allOf : []), { [STEP]: true }, { $ref }];
  };
  visit(copy);
  delete copy.$schema;
  delete copy.$id;
  return copy;
}

const metaSchema = new Ajv({ logger: false });
addFormats(metaSchema);

/** `/topics/2/name` as `.topics[2].name`. */
function readablePath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 100))
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('');
}

function issueOf(error: ErrorObject): SchemaIssue {
  const { additionalProperty, allowedValues } = error.params as {
    additionalProperty?: string;
    allowedValues?: unknown;
  };
  const path = readablePath(error.instancePath);
  if (error.keyword === 'uniqueItems')
    return { path, reason: error.keyword, message: 'must not have equal items' };
  if (additionalProperty !== undefined) {
    return {
      path: `${path}.${additionalProperty.slice(0, 100)}`,
      reason: error.keyword,
      message: 'is not known here',
    };
  }
  const choices = Array.isArray(allowedValues) ? `: ${JSON.stringify(allowedValues).slice(0, 200)}` : '';
  return { path, reason: error.keyword, message: `${error.message ?? 'does not fit'}${choices}` };
}

const tooComplex: SchemaIssue = {
  path: '',
  reason: 'too_complex',
  message: 'is too large or too deep to be checked by this schema',
};

class AjvSchema implements CompiledSchema {
  private readonly instrumented: unknown;
  private readonly objects: number;
  private readonly check: ValidateFunction;
  private collect: ValidateFunction | null = null;

  constructor(schema: JsonObject) {
    this.instrumented = withSteps(schema);
    this.objects = canonicalJson(schema).split('{').length;
    this.check = createAjv({}).compile(this.instrumented as JsonObject);
  }

  validate(value: unknown): SchemaIssue[] {
    try {
      const work = budget.begin(value, this.objects);
      if (this.check(value) === true) return [];
      const failed = work <= MAX_WORK_FOR_ALL_ISSUES ? this.collectAll(value) : this.check;
      return (failed.errors ?? []).slice(0, MAX_ISSUES).map(issueOf);
    } catch (error) {
      // RangeError: a $ref that leads back to itself without taking anything off the value.
      if (error instanceof TooComplexError || error instanceof RangeError) return [tooComplex];
      throw error;
    } finally {
      budget.end();
    }
  }

  private collectAll(value: unknown): ValidateFunction {
    this.collect ??= createAjv({ allErrors: true }).compile(this.instrumented as JsonObject);
    this.collect(value);
    return this.collect;
  }
}

const bySchema = new WeakMap<JsonObject, CompiledSchema>();
const byHash = new BoundedMap<CompiledSchema>({ maxEntries: MAX_COMPILED });

/**
 * Makes a schema (JSON Schema draft 7) ready for use; equal schemas are compiled once. For stored definitions, which
 * were checked when they were written.
 * @throws InvalidInputError for a schema that `schemaIssues` would refuse.
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  const known = bySchema.get(schema);
  if (known !== undefined) return known;
  const hash = contentHash(schema);
  let compiled = byHash.get(hash);
  if (compiled === undefined) {
    const issues = refusalsOf(schema);
    if (issues.length > 0) throw new InvalidInputError('The schema is not usable.', { issues });
    compiled = new AjvSchema(schema);
    byHash.set(hash, compiled);
  }
  bySchema.set(schema, compiled);
  return compiled;
}

/** What an author must change before this schema is taken; empty for a usable one. Paths begin at the schema: `.properties.age`. */
export function schemaIssues(schema: JsonObject): FieldIssue[] {
  const refusals = refusalsOf(schema);
  if (refusals.length > 0) return refusals;
  const { $schema: _dialect, ...vocabulary } = schema;
  if (metaSchema.validateSchema(vocabulary) !== true)
    return (metaSchema.errors ?? []).slice(0, MAX_ISSUES).map(issueOf);
  try {
    const compiled = compileSchema(schema);
    const isEndless = [{}, [], ''].some((probe) => compiled.validate(probe).includes(tooComplex));
    return isEndless ? [{ path: '', reason: 'endless_ref', message: 'refers to itself without end' }] : [];
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 300) : 'cannot be compiled';
    return [{ path: '', reason: 'not_compilable', message }];
  }
}
