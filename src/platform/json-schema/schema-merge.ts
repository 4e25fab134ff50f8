export type Schema = Record<string, unknown>;

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (schema: Schema, key: string): unknown => (Object.hasOwn(schema, key) ? schema[key] : undefined);

export function schemaAt(schema: Schema, key: string): Schema | null {
  const value = own(schema, key);
  return isSchema(value) ? value : null;
}

export function listAt(schema: Schema, key: string): unknown[] {
  const value = own(schema, key);
  return Array.isArray(value) ? value : [];
}

export function numberAt(schema: Schema, key: string): number | undefined {
  const value = own(schema, key);
  return typeof value === 'number' ? value : undefined;
}

/** Reduces an if/then/else while nothing is known about the value: the then branch with its condition. */
export function mergeConditional(schema: Schema): Schema | null {
  const condition = schemaAt(schema, 'if');
  const branch = schemaAt(schema, 'then');
  return condition === null || branch === null ? null : merge(condition, branch);
}

const NARROWER = [
  ['minimum', Math.max],
  ['exclusiveMinimum', Math.max],
  ['minLength', Math.max],
  ['minItems', Math.max],
  ['minProperties', Math.max],
  ['maximum', Math.min],
  ['exclusiveMaximum', Math.min],
  ['maxLength', Math.min],
  ['maxItems', Math.min],
] as const;

/** Merges two schemas into one that requires both, as far as a sample needs it. */
export function merge(one: Schema, other: Schema): Schema {
  const merged: Schema = { ...one, ...other };
  const [properties, otherProperties] = [schemaAt(one, 'properties'), schemaAt(other, 'properties')];
  if (properties !== null && otherProperties !== null)
    merged.properties = Object.fromEntries(
      [...Object.entries(properties), ...Object.entries(otherProperties)].map(([key, value]) => {
        const known = own(properties, key);
        return [key, known !== value && isSchema(known) && isSchema(value) ? merge(known, value) : value];
      }),
    );
  const required = [...listAt(one, 'required'), ...listAt(other, 'required')];
  if (required.length > 0) merged.required = required;
  for (const [key, choose] of NARROWER) {
    const [a, b] = [numberAt(one, key), numberAt(other, key)];
    if (a !== undefined && b !== undefined) merged[key] = choose(a, b);
  }
  return merged;
}
