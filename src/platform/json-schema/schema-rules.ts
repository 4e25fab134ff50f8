import type { FieldIssue } from '../../shared/errors';
import { isJsonObject, type JsonObject, measureJson } from '../../shared/json';
import { SCHEMA_FORMATS } from './formats';
import { compilePattern } from './patterns';

/** The maximum depth of a schema: more than any form or worksheet needs. */
const MAX_DEPTH = 20;
/** The maximum size of all schemas of one definition together. */
const MAX_BYTES = 96 * 1024;
const MAX_OBJECTS = 600;
/** Entries of all enum, required and other arrays. */
const MAX_ARRAY_ENTRIES = 3_000;
const MAX_PATTERNS = 100;
const MAX_PATTERN_LENGTH = 500;
/** `a{1000}` has a thousand instructions, and each of them may be tried at each character. */
const MAX_PATTERN_INSTRUCTIONS = 2_000;
/** The sum of all patterns: compiling so many takes 0.1 s and 5 MB. */
const MAX_INSTRUCTIONS = 10_000;
const MAX_ISSUES = 20;

const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;

type Position = 'schema' | 'schemas' | 'schema_or_schemas' | 'map' | 'plain';

/** The keywords of draft 7, by the kind of their value. */
const KEYWORDS: ReadonlyMap<string, Position> = new Map<string, Position>([
  ...[
    'not',
    'if',
    'then',
    'else',
    'contains',
    'propertyNames',
    'additionalItems',
    'additionalProperties',
  ].map((name) => [name, 'schema'] as const),
  ...['allOf', 'anyOf', 'oneOf'].map((name) => [name, 'schemas'] as const),
  ['items', 'schema_or_schemas'],
  ...['properties', 'patternProperties', 'definitions', '$defs', 'dependencies'].map(
    (name) => [name, 'map'] as const,
  ),
  ...[
    '$ref', '$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'readOnly', 'writeOnly',
    'type', 'enum', 'const', 'format', 'pattern', 'contentMediaType', 'contentEncoding',
    'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf',
    'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'required',
  ].map((name) => [name, 'plain'] as const), // biome-ignore format: as above
]);

/** Where something is in a schema: as keys, and as the pointer that a `$ref` would use. */
interface Place {
  path: string;
  pointer: string;
}

function below(place: Place, key: string | number): Place {
  const token = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
  const path = typeof key === 'number' ? `${place.path}[${key}]` : `${place.path}.${key.slice(0, 100)}`;
  return { path, pointer: `${place.pointer}/${token}` };
}

/** Returns the subschemas directly within a schema, each with its place. */
export function subschemasOf(schema: JsonObject, place: Place): { schema: unknown; place: Place }[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const position = KEYWORDS.get(keyword);
    const here = below(place, keyword);
    const isMap = position === 'map' && isJsonObject(value);
    if (isMap) {
      const entries = Object.entries(value).filter(
        ([, each]) => keyword !== 'dependencies' || !Array.isArray(each),
      );
      return entries.map(([key, each]) => ({ schema: each, place: below(here, key) }));
    }
    const isList = Array.isArray(value) && (position === 'schemas' || position === 'schema_or_schemas');
    if (isList) return value.map((each, index) => ({ schema: each as unknown, place: below(here, index) }));
    return position === 'schema' || position === 'schema_or_schemas' ? [{ schema: value, place: here }] : [];
  });
}

export const ROOT: Place = { path: '', pointer: '#' };

/** How much of their common limits the schemas of one definition have used. */
export class SchemaBudget {
  private bytes = 0;
  private objects = 0;
  private entries = 0;
  private patterns = 0;
  private instructions = 0;

  /** Adds a schema by its size only. @returns what is too much */
  takeSize(schema: JsonObject): { reason: string; message: string } | null {
    const size = measureJson(schema, MAX_DEPTH);
    if (size.depth > MAX_DEPTH)
      return { reason: 'too_deep', message: `is nested deeper than ${MAX_DEPTH} levels` };
    this.objects += size.objects;
    this.entries += size.entries;
    if (this.objects > MAX_OBJECTS) return tooLarge(`${MAX_OBJECTS} objects`);
    if (this.entries > MAX_ARRAY_ENTRIES) return tooLarge(`${MAX_ARRAY_ENTRIES} array entries`);
    this.bytes += Buffer.byteLength(JSON.stringify(schema));
    return this.bytes > MAX_BYTES ? tooLarge(`${MAX_BYTES} bytes`) : null;
  }

  /** Adds a pattern before it is compiled. @returns whether that is one too many */
  takePattern(): boolean {
    this.patterns += 1;
    return this.patterns > MAX_PATTERNS;
  }

  /** Adds the instructions of a compiled pattern. @returns whether that is too much */
  takeInstructions(count: number): boolean {
    this.instructions += count;
    return count > MAX_PATTERN_INSTRUCTIONS || this.instructions > MAX_INSTRUCTIONS;
  }
}

const tooLarge = (limit: string) => ({
  reason: 'too_large',
  message: `is too large: all schemas of a tool together may have ${limit}`,
});

/** Reads a schema once and collects the reasons to refuse it. */
class SchemaReader {
  readonly issues: FieldIssue[] = [];
  private readonly pointers = new Set<string>();
  private readonly refs: { target: string; place: Place }[] = [];
  /** Compiling a pattern that is too large takes up to 0.3 s, so after the first the others are not read. */
  private isOverBudget = false;

  constructor(private readonly budget: SchemaBudget) {}

  read(schema: unknown): FieldIssue[] {
    this.visit(schema, ROOT);
    for (const { target, place } of this.refs) this.checkRef(target, place);
    return this.issues;
  }

  private refuse(place: Place, reason: string, message: string): void {
    if (this.issues.length < MAX_ISSUES) this.issues.push({ path: place.path, reason, message });
  }

  private visit(schema: unknown, place: Place): void {
    this.pointers.add(place.pointer);
    // The meta-schema reports everything that is neither boolean nor object.
    if (!isJsonObject(schema)) return;
    for (const [keyword, value] of Object.entries(schema))
      this.visitKeyword(keyword, value, below(place, keyword), place);
    for (const child of subschemasOf(schema, place)) this.visit(child.schema, child.place);
  }

  private visitKeyword(keyword: string, value: unknown, place: Place, parent: Place): void {
    const isRoot = parent.pointer === ROOT.pointer;
    if (!KEYWORDS.has(keyword)) {
      this.refuse(place, 'unknown_keyword', 'is not a keyword of JSON Schema draft 7');
    } else if (keyword === '$id' && !isRoot) {
      this.refuse(place, 'inner_id', 'an $id is allowed at the root only');
    } else if (keyword === '$schema') {
      this.checkDialect(value, place, isRoot);
    } else if (keyword === '$ref' && typeof value === 'string') {
      this.refs.push({ target: value, place });
    } else if (keyword === 'pattern' && typeof value === 'string') {
      this.checkPattern(value, place);
    } else if (keyword === 'patternProperties' && isJsonObject(value)) {
      for (const pattern of Object.keys(value)) this.checkPattern(pattern, below(place, pattern));
    } else if (keyword === 'format' && !SCHEMA_FORMATS.includes(value as string)) {
      this.refuse(place, 'unknown_format', `is not one of ${SCHEMA_FORMATS.join(', ')}`);
    }
  }

  private checkDialect(value: unknown, place: Place, isRoot: boolean): void {
    if (isRoot && typeof value === 'string' && DRAFT_7.test(value)) return;
    this.refuse(place, 'unknown_dialect', 'must be http://json-schema.org/draft-07/schema#, at the root');
  }

  private checkPattern(pattern: string, place: Place): void {
    if (this.isOverBudget) return;
    if (this.budget.takePattern()) {
      this.isOverBudget = true;
      this.refuse(
        place,
        'too_many_patterns',
        `is one pattern more than the ${MAX_PATTERNS} that a tool may have`,
      );
      return;
    }
    if (pattern.length > MAX_PATTERN_LENGTH) {
      this.refuse(place, 'pattern_too_long', `is longer than ${MAX_PATTERN_LENGTH} characters`);
      return;
    }
    try {
      this.isOverBudget = this.budget.takeInstructions(compilePattern(pattern).programSize());
      if (this.isOverBudget)
        this.refuse(place, 'pattern_too_large', 'repeats too much: make its {counts} smaller');
    } catch {
      this.refuse(
        place,
        'pattern_unsupported',
        'is not a regular expression of the RE2 kind (no look-around, no back-references)',
      );
    }
  }

  /**
   * A `$ref` may only point to subschemas that were read here: a pointer into an enum or a default would
   * bring in unread keywords.
   */
  private checkRef(target: string, place: Place): void {
    if (!target.startsWith('#')) {
      this.refuse(place, 'remote_ref', 'must point into this schema: "#/definitions/…"');
    } else if (!this.pointers.has(decodePointer(target))) {
      this.refuse(place, 'unknown_ref', 'does not point to a subschema of this schema');
    }
  }
}

function decodePointer(target: string): string {
  try {
    return decodeURIComponent(target).replace(/\/$/, '');
  } catch {
    return target;
  }
}

/**
 * Returns the reasons not to compile a schema; empty if there are none. Paths begin at the schema.
 * @param budget shared by all schemas of a definition
 */
export function refusalsOf(schema: JsonObject, budget = new SchemaBudget()): FieldIssue[] {
  const excess = budget.takeSize(schema);
  return excess === null ? new SchemaReader(budget).read(schema) : [{ path: '', ...excess }];
}
