/** Returns an object with only these fields of another. */
export function pickFields<T extends object, K extends keyof T>(
  object: T,
  ...fields: readonly K[]
): Pick<T, K> {
  return Object.fromEntries(fields.map((field) => [field, object[field]])) as unknown as Pick<T, K>;
}
