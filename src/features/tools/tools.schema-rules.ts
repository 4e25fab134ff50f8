import { RE2JS } from 're2js';
import type { FieldIssue } from '../../shared/errors';
import { canonicalJson, measureJson } from './tools.json';
import type { JsonObject } from './tools.types';

/** What a schema may be: more than any form or worksheet needs, little enough to check within milliseconds. */
const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 20;
const MAX_OBJECTS = 500;
/** Entries of all enum, required and other arrays together. */
const MAX_ARRAY_ENTRIES = 2_000;
const MAX_PATTERN_LENGTH = 500;
/** `a{1000}` has a thousand instructions; each of them may be tried at each character. */
const MAX_PATTERN_INSTRUCTIONS = 2_000;
const MAX_ISSUES = 20;

const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;

export const SCHEMA_FORMATS = [
  'date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference', 'uuid',
  'json-pointer', 'regex', 'int32', 'int64', 'float', 'double', 'byte',
] as const; // biome-ignore format: a list to be read at a glance

type Position = 'schema' | 'schemas' | 'schema_or_schemas' | 'map' | 'plain';

/** The keywords of draft 7, by what stands in them. */
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

/** Compiles a pattern for the linear-time engine. @throws whatever the engine says of one that it cannot take. */
export function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where something stands in a schema: as keys, and as the pointer that a `$ref` would use. */
interface Place {
  path: string;
  pointer: string;
}

function below(place: Place, key: string | number): Place {
  const token = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
  const path = typeof key === 'number' ? `${place.path}[${key}]` : `${place.path}.${key.slice(0, 100)}`;
  return { path, pointer: `${place.pointer}/${token}` };
}

/** The subschemas directly within a schema, each with its place. */
export function subschemasOf(schema: JsonObject, place: Place): { schema: unknown; place: Place }[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const position = KEYWORDS.get(keyword);
    const here = below(place, keyword);
    const isMap = position === 'map' && isObject(value);
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

/** Reads a schema once and collects what is refused in it. */
class SchemaReader {
  readonly issues: FieldIssue[] = [];
  private readonly pointers = new Set<string>();
  private readonly refs: { target: string; place: Place }[] = [];
  /** Compiling a pattern that is too large takes up to 0.3 s: after the first the rest go unread. */
  private foundLargePattern = false;

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
    // Whatever is neither boolean nor object is told by the meta-schema.
    if (!isObject(schema)) return;
    for (const [keyword, value] of Object.entries(schema))
      this.visitKeyword(keyword, value, below(place, keyword), place);
    for (const child of subschemasOf(schema, place)) this.visit(child.schema, child.place);
  }

  private visitKeyword(keyword: string, value: unknown, place: Place, parent: Place): void {
    const isRoot = parent.pointer === ROOT.pointer;
    if (!KEYWORDS.has(keyword)) {
      this.refuse(place, 'unknown_keyword', 'is not a keyword of JSON Schema draft 7');
    } else if (keyword === '$id' && !isRoot) {
      this.refuse(place, 'inner_id', 'an $id may stand at the root only');
    } else if (keyword === '$schema') {
      this.checkDialect(value, place, isRoot);
    } else if (keyword === '$ref' && typeof value === 'string') {
      this.refs.push({ target: value, place });
    } else if (keyword === 'pattern' && typeof value === 'string') {
      this.checkPattern(value, place);
    } else if (keyword === 'patternProperties' && isObject(value)) {
      for (const pattern of Object.keys(value)) this.checkPattern(pattern, below(place, pattern));
    } else if (keyword === 'format' && !(SCHEMA_FORMATS as readonly unknown[]).includes(value)) {
      this.refuse(place, 'unknown_format', `is not one of ${SCHEMA_FORMATS.join(', ')}`);
    }
  }

  private checkDialect(value: unknown, place: Place, isRoot: boolean): void {
    if (isRoot && typeof value === 'string' && DRAFT_7.test(value)) return;
    this.refuse(place, 'unknown_dialect', 'must be http://json-schema.org/draft-07/schema#, at the root');
  }

  private checkPattern(pattern: string, place: Place): void {
    if (this.foundLargePattern) return;
    if (pattern.length > MAX_PATTERN_LENGTH) {
      this.refuse(place, 'pattern_too_long', `is longer than ${MAX_PATTERN_LENGTH} characters`);
      return;
    }
    try {
      if (compilePattern(pattern).programSize() <= MAX_PATTERN_INSTRUCTIONS) return;
      this.foundLargePattern = true;
      this.refuse(place, 'pattern_too_large', 'repeats too much: make its {counts} smaller');
    } catch {
      this.refuse(
        place,
        'pattern_unsupported',
        'is not a regular expression of the RE2 kind (no look-around, no back-references)',
      );
    }
  }

  /** Only to subschemas that were read here: a pointer into an enum or a default would bring in unread keywords. */
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

/** What keeps this from being a schema that we are willing to compile; empty if nothing does. Paths begin at the schema. */
export function refusalsOf(schema: JsonObject): FieldIssue[] {
  const refuse = (reason: string, message: string): FieldIssue[] => [{ path: '', reason, message }];
  const size = measureJson(schema, MAX_DEPTH);
  if (size.depth > MAX_DEPTH) return refuse('too_deep', `is nested deeper than ${MAX_DEPTH} levels`);
  if (size.objects > MAX_OBJECTS) return refuse('too_large', `has more than ${MAX_OBJECTS} objects`);
  if (size.entries > MAX_ARRAY_ENTRIES)
    return refuse('too_large', `has more than ${MAX_ARRAY_ENTRIES} array entries`);
  if (Buffer.byteLength(canonicalJson(schema)) > MAX_BYTES)
    return refuse('too_large', `is larger than ${MAX_BYTES} bytes`);
  return new SchemaReader().read(schema);
}
