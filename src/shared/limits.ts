/**
 * Returns the narrower of two limits: AND of booleans, the smaller number, the common entries of two lists,
 * otherwise the inner limit.
 */
export function narrower(outer: unknown, inner: unknown): unknown {
  if (typeof outer === 'boolean' && typeof inner === 'boolean') return outer && inner;
  if (typeof outer === 'number' && typeof inner === 'number') return Math.min(outer, inner);
  if (Array.isArray(outer) && Array.isArray(inner)) return outer.filter((item) => inner.includes(item));
  return inner;
}

/** Returns what two sets of limits allow together. */
export function narrowest<Limits extends object>(outer: Limits, inner: Limits): Limits {
  const both: Record<string, unknown> = Object.fromEntries(Object.entries(outer));
  for (const [key, own] of Object.entries(inner)) both[key] = narrower(both[key], own);
  return both as Limits;
}
