/**
 * Only a text that matches this can hold a number beyond 2^53 or beyond all; most bodies need no further
 * check.
 */
const SUSPECT = /\d{16}|\d[eE]\+?\d{3}/;
/**
 * Matches strings, which are skipped (single-quoted only in JSON5), and numbers. It runs in time linear in
 * the text's length.
 */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|-?(\d+)(?:\.\d*)?(?:[eE][+-]?\d+)?/gs;
/** The longest part of a number that a message quotes. */
const MAX_QUOTED = 40;

/**
 * Finds the first number in a JSON text that would change when parsed: an integer beyond 2^53, which would
 * be rounded, or a number too large for a double. Returns null if there is none. Fractions and powers
 * (6.022e23) pass, because every parser rounds them.
 */
export function inexactNumber(json: string): string | null {
  if (!SUSPECT.test(json)) return null;
  for (const [token, integerPart] of json.matchAll(TOKEN)) {
    if (integerPart === undefined) continue;
    if (!Number.isSafeInteger(Number(integerPart)) || !Number.isFinite(Number(token)))
      return token.length > MAX_QUOTED ? `${token.slice(0, MAX_QUOTED)}…` : token;
  }
  return null;
}
