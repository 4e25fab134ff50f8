import { createHash } from 'node:crypto';
import { isStorable } from './text';

export type JsonObject = { [key: string]: unknown };

/** Whether a value is a JSON object: neither an array nor null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns JSON whose text does not depend on the order in which keys were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Returns the SHA-256 of the canonical JSON, in hex: equal content, equal hash. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** The size of a JSON value, in the measures in which limits are set. */
export interface JsonSize {
  /** 1 for a scalar, one more for each object or array around it. */
  depth: number;
  /** The number of objects, at all depths. */
  objects: number;
  /** The number of entries of all its arrays together. */
  entries: number;
  /** Whether every key and text can be stored: no NUL, no half of a surrogate pair. */
  storable: boolean;
}

/**
 * Measures a value. It stops below `maxDepth` and then reports a greater depth. It builds no lists of
 * entries, because the value comes from strangers.
 */
export function measureJson(value: unknown, maxDepth: number): JsonSize {
  const size: JsonSize = { depth: 0, objects: 0, entries: 0, storable: true };
  const visit = (item: unknown, depth: number): void => {
    if (depth > size.depth) size.depth = depth;
    if (typeof item === 'string') size.storable &&= isStorable(item);
    if (typeof item !== 'object' || item === null || depth > maxDepth) return;
    if (Array.isArray(item)) {
      size.entries += item.length;
      for (const child of item) visit(child, depth + 1);
      return;
    }
    size.objects += 1;
    for (const key in item) {
      size.storable &&= isStorable(key);
      visit((item as JsonObject)[key], depth + 1);
    }
  };
  visit(value, 1);
  return size;
}
