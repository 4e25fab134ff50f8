/** Only such text can hold a number beyond 2^53 or beyond all; most bodies are done with this. */
const SUSPECT = /\d{16}|\d[eE]\+?\d{3}/;
/** Strings, which are passed over (in single quotes only where JSON5 has them), and numbers. Linear in the text's length. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|-?(\d+)(?:\.\d*)?(?:[eE][+-]?\d+)?/gs;
/** A number is quoted no longer than this. */
const MAX_QUOTED = 40;

/**
 * The first number in a JSON text that would not be what it says once it is parsed: an integer beyond 2^53, which would
 * be rounded, or a number that is too large for any. Null if there is none. Fractions and powers (6.022e23) are rounded
 * by everybody, and pass.
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
