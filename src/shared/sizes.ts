import type { z } from 'zod';
import type { FieldIssue } from './errors';

/** More unknown fields than an answer lists are no typing error. */
const MAX_UNKNOWN = 50;

type Def = Record<string, unknown> & { type: string };
type Path = readonly string[];
type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tooMany(path: Path, what: string): FieldIssue {
  return { path: path.join('.'), reason: 'too_big', message: what };
}

function inObject({ shape, catchall }: Def, value: Fields, path: Path): FieldIssue | null {
  const known = shape as Readonly<Record<string, z.ZodType>>;
  if (isOf('never', catchall)) {
    let unknown = 0;
    for (const key in value) if (!Object.hasOwn(known, key)) unknown += 1;
    if (unknown > MAX_UNKNOWN) return tooMany(path, `has ${unknown} fields that do not exist here`);
  }
  for (const key in known) {
    const found = findOversize(known[key] as z.ZodType, value[key], [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

function inRecord(schema: z.ZodType, value: Fields, path: Path): FieldIssue | null {
  const most = schema.meta()?.maxProperties;
  const entries = Object.keys(value);
  if (typeof most === 'number' && entries.length > most)
    return tooMany(path, `has more than ${most} entries`);
  const inner = (schema.def as unknown as Def).valueType as z.ZodType;
  for (const key of entries) {
    const found = findOversize(inner, value[key], [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Checks the sizes of a body before its contents, because Zod's messages for a thousand wrong entries cost
 * more than the rest of the request. Lists are left to Zod, which checks their length first.
 * @param path where the value stands: `['body']`
 * @returns what is too large, or null
 */
export function findOversize(schema: z.ZodType, value: unknown, path: Path): FieldIssue | null {
  if (!isFields(value)) return null;
  const def = schema.def as unknown as Def;
  if (def.type === 'object') return inObject(def, value, path);
  if (def.type === 'record') return inRecord(schema, value, path);
  const inner = def.type === 'pipe' ? readerOf(def) : def.innerType;
  return inner === undefined ? null : findOversize(inner as z.ZodType, value, path);
}

/** The schema of the input: before a `transform`, and after a `preprocess`. */
function readerOf({ in: before, out: after }: Def): unknown {
  return isOf('transform', before) ? after : before;
}

/** Zod's own `instanceof` checks every trait of a schema; comparing its type is one string comparison. */
function isOf(type: string, schema: unknown): boolean {
  return ((schema as z.ZodType | undefined)?.def as unknown as Def | undefined)?.type === type;
}
