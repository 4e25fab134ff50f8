import Ajv, { type ErrorObject, type Options, str, type ValidateFunction } from 'ajv';
import type { FieldIssue } from '../../shared/errors';
import { canonicalJson, isJsonObject, type JsonObject } from '../../shared/json';
import { isMultipleOf } from './decimals';
import { addSchemaFormats } from './formats';
import { compilePattern, matches } from './patterns';
import { ROOT, refusalsOf, SchemaBudget, subschemasOf } from './schema-rules';

/**
 * Where a value does not match: `{ path: '.topics[2]', reason: 'maxLength', message: '…' }`. The path of
 * the root is ''.
 */
export type SchemaIssue = FieldIssue;

export interface CompiledSchema {
  /** The memory that it holds, approximately, in bytes. */
  readonly weight: number;
  /**
   * Returns what does not match, at most 50 issues; empty for a valid value. Its time is bounded for every
   * schema and value.
   */
  validate(value: unknown): SchemaIssue[];
}

/** The maximum depth of a checked value; request bodies have the same limit. */
const MAX_VALUE_DEPTH = 40;
const MAX_ISSUES = 50;
/**
 * The size of code into which the schemas of a definition may compile, in characters. A form of 100 fields
 * needs a fifth of it.
 */
const MAX_CODE = 500_000;
/** The memory of a compiled schema besides its code and its patterns. */
const BASE_WEIGHT = 32 * 1024;
/** Bytes per character of code (source, bytecode, feedback) and per instruction of a pattern. */
const WEIGHT_OF_CODE = 6;
const WEIGHT_OF_INSTRUCTION = 400;
/** The work that one check may cost, in the units of `Budget`: half a second in the worst case. */
const MAX_WORK = 50_000;
/** Bytes of value times objects of schema that make one unit. */
const CHECKS_PER_UNIT = 10_000;
/** Steps of the pattern engine (characters times instructions) that make one unit. */
const PATTERN_STEPS_PER_UNIT = 500;
/** With more work than this, only the first issue is reported: collecting all of them takes memory. */
const MAX_WORK_FOR_ALL_ISSUES = 100;

class TooComplexError extends Error {}
class TooMuchCodeError extends Error {}

/**
 * What the running check may still cost. `$ref`s let a small schema do exponential work, so each followed
 * `$ref` pays for the part of the value that it checks, and so does each pattern. There is one budget per
 * process, because a check runs without a pause.
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

  /** The approximate size in bytes. */
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

/** The result of compiling a schema. */
interface Made {
  code: number;
  instructions: number;
}

/** Makes patterns run in linear time. Ajv distinguishes them by their toString(). */
const regExpFor = (made: Made) =>
  Object.assign(
    (pattern: string) => {
      const compiled = compilePattern(pattern);
      const instructions = compiled.programSize();
      made.instructions += instructions;
      const test = (text: string): boolean => {
        budget.spend(1 + (text.length * instructions) / PATTERN_STEPS_PER_UNIT);
        return matches(compiled, text);
      };
      return { test, toString: () => pattern };
    },
    { code: 'undefined' },
  );

/** Compares by hash, because comparing all pairs of a long array takes minutes. */
function hasNoEquals(items: unknown[]): boolean {
  const seen = new Set<string>();
  return items.every((item) => {
    budget.spendOn(item);
    return seen.size < seen.add(canonicalJson(item)).size;
  });
}

/** Decimal arithmetic is slow for numbers of very different sizes. */
const MULTIPLE_UNITS = 2;

function isMultiple(step: number, value: number): boolean {
  budget.spend(MULTIPLE_UNITS);
  return isMultipleOf(value, step);
}

/**
 * Unknown keywords and formats are refused before. Ajv's other strict checks would refuse valid schemas of
 * draft 7.
 */
const DRAFT_7: Options = {
  strict: false,
  strictNumbers: true,
  meta: false,
  validateSchema: false,
  // Otherwise every object would have a "constructor".
  ownProperties: true,
  logger: false,
  // Inlined, a small schema could become megabytes of code.
  inlineRefs: false,
};

/** Creates a compiler for each schema: a shared one would keep every schema that it has ever compiled. */
function createAjv(made: Made, options: Options): Ajv {
  const count = (code: string): string => {
    made.code += code.length;
    if (made.code > MAX_CODE) throw new TooMuchCodeError();
    return code;
  };
  const ajv = new Ajv({ ...DRAFT_7, code: { regExp: regExpFor(made), process: count }, ...options });
  addSchemaFormats(ajv);
  made.code = 0;
  ajv.addKeyword({
    keyword: STEP,
    errors: false,
    validate: (_on: boolean, value: unknown) => {
      budget.spendOn(value);
      return true;
    },
  });
  ajv.removeKeyword('uniqueItems').addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (on: boolean, items: unknown[]) => !on || hasNoEquals(items),
    error: { message: 'must not have equal items' },
  });
  ajv.removeKeyword('multipleOf').addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: isMultiple,
    error: { message: ({ schema }) => str`must be a multiple of ${schema}` },
  });
  return ajv;
}

/** Returns the same schema, in which every `$ref` pays before it is followed. */
function withSteps(schema: unknown): unknown {
  if (!isJsonObject(schema)) return schema;
  const copy = structuredClone(schema);
  const visit = (part: unknown): void => {
    if (!isJsonObject(part)) return;
    for (const child of subschemasOf(part, ROOT)) visit(child.schema);
    const { $ref } = part;
    if ($ref === undefined) return;
    delete part.$ref;
    // At the end, so that existing pointers into the list still work.
    part.allOf = [...(Array.isArray(part.allOf) ? part.allOf : []), { [STEP]: true }, { $ref }];
  };
  visit(copy);
  delete copy.$schema;
  delete copy.$id;
  return copy;
}

const metaSchema = new Ajv({ logger: false });
addSchemaFormats(metaSchema);

/** Turns `/topics/2/name` into `.topics[2].name`. */
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
  if (additionalProperty !== undefined) {
    return {
      path: `${path}.${additionalProperty.slice(0, 100)}`,
      reason: error.keyword,
      message: 'does not exist here: leave it out',
    };
  }
  const choices = Array.isArray(allowedValues) ? `: ${JSON.stringify(allowedValues).slice(0, 200)}` : '';
  return { path, reason: error.keyword, message: `${error.message ?? 'does not fit'}${choices}` };
}

export const tooComplex: SchemaIssue = {
  path: '',
  reason: 'too_complex',
  message: 'is too large or too deep to be checked with this schema',
};

class AjvSchema implements CompiledSchema {
  private readonly instrumented: unknown;
  private readonly objects: number;
  private readonly check: ValidateFunction;
  private readonly made: Made = { code: 0, instructions: 0 };
  private collect: ValidateFunction | null = null;

  constructor(schema: JsonObject) {
    this.instrumented = withSteps(schema);
    this.objects = canonicalJson(schema).split('{').length;
    this.check = createAjv(this.made, {}).compile(this.instrumented as JsonObject);
  }

  get codeSize(): number {
    return this.made.code;
  }

  /** Twice, because a second function, which collects all issues, may be created at any time. */
  get weight(): number {
    const { code, instructions } = this.made;
    return BASE_WEIGHT + 2 * (code * WEIGHT_OF_CODE + instructions * WEIGHT_OF_INSTRUCTION);
  }

  validate(value: unknown): SchemaIssue[] {
    try {
      const work = budget.begin(value, this.objects);
      if (this.check(value) === true) return [];
      const failed = work <= MAX_WORK_FOR_ALL_ISSUES ? this.collectAll(value) : this.check;
      return (failed.errors ?? []).slice(0, MAX_ISSUES).map(issueOf);
    } catch (error) {
      // RangeError: a $ref that leads back to itself without consuming any of the value.
      if (error instanceof TooComplexError || error instanceof RangeError) return [tooComplex];
      throw error;
    } finally {
      budget.end();
    }
  }

  private collectAll(value: unknown): ValidateFunction {
    this.collect ??= createAjv({ code: 0, instructions: 0 }, { allErrors: true }).compile(
      this.instrumented as JsonObject,
    );
    this.collect(value);
    return this.collect;
  }
}

/** The same refusal, with its path below the name of its schema. */
const below =
  (name: string) =>
  (issue: FieldIssue): FieldIssue => ({ ...issue, path: `${name}${issue.path}` });

/**
 * What an author must change before a schema that has passed the rules is accepted. @returns its issues,
 * and the size of its code
 */
function compilationIssues(schema: JsonObject, codeBefore: number): { issues: FieldIssue[]; code: number } {
  const refuse = (reason: string, message: string) => ({ issues: [{ path: '', reason, message }], code: 0 });
  const { $schema: _dialect, ...vocabulary } = schema;
  if (metaSchema.validateSchema(vocabulary) !== true)
    return { issues: (metaSchema.errors ?? []).slice(0, MAX_ISSUES).map(issueOf), code: 0 };
  try {
    const compiled = new AjvSchema(schema);
    if (codeBefore + compiled.codeSize > MAX_CODE) throw new TooMuchCodeError();
    const isEndless = [{}, [], ''].some((probe) => compiled.validate(probe).includes(tooComplex));
    return isEndless
      ? refuse('endless_ref', 'refers to itself without end')
      : { issues: [], code: compiled.codeSize };
  } catch (error) {
    if (error instanceof TooMuchCodeError) return refuse('too_large', 'is too large: simplify the schema');
    return refuse(
      'not_compilable',
      error instanceof Error ? error.message.slice(0, 300) : 'cannot be compiled',
    );
  }
}

/**
 * Returns what an author must change before these schemas are accepted; empty for usable ones. They share
 * one budget. Paths begin with the schema's name: `output_schema.properties.age`.
 */
export function schemaIssues(schemas: Readonly<Record<string, JsonObject>>): FieldIssue[] {
  const budget = new SchemaBudget();
  const entries = Object.entries(schemas);
  const refusals = entries.flatMap(([name, schema]) => refusalsOf(schema, budget).map(below(name)));
  if (refusals.length > 0) return refusals;
  let code = 0;
  return entries.flatMap(([name, schema]) => {
    const found = compilationIssues(schema, code);
    code += found.code;
    return found.issues.map(below(name));
  });
}

/** A stored schema that exceeds today's budget. */
export class SchemaRefusedError extends Error {
  constructor(readonly issues: readonly FieldIssue[]) {
    super('the schema is not usable');
  }
}

/**
 * Compiles a schema (JSON Schema draft 7). Call it only where it may take its time: in the threads of
 * `JsonSchemas`, and in tests.
 * @throws SchemaRefusedError for a schema that `schemaIssues` would refuse
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  const issues = refusalsOf(schema);
  if (issues.length > 0) throw new SchemaRefusedError(issues);
  return new AjvSchema(schema);
}
