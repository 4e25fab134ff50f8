import { LRUCache } from 'lru-cache';

/** Names of fields that hold secrets. */
const SECRET =
  /password|passwd|secret|token$|authorization|cookie|api[-_]?key|credential|^otp$|^code[-_]?verifier$/i;
/** Names of fields that hold personal data. Logs have ids, which people with the right to see more can look up. */
const PERSONAL =
  /e-?mail|phone|^(given|family|first|last|full|display|user)[-_]?name$|^(ip|address|content|answer|feedback|behavior|body|query|input|output|prompt|title|instructions)$|birth/i;

const HIDDEN = '[hidden]';
/** The names of fields seen so far; our own code has some dozens. */
const hiddenNames = new LRUCache<string, boolean>({ max: 1_000 });

/** A field whose name means a secret or personal data is never written, even if it was passed by mistake. */
function isHidden(name: string): boolean {
  const known = hiddenNames.get(name);
  if (known !== undefined) return known;
  const hidden = SECRET.test(name) || PERSONAL.test(name);
  hiddenNames.set(name, hidden);
  return hidden;
}

/** Nearly every text contains none of these, and needs one test only. */
const SUSPICIOUS = /[@=]|:\/\/|eyJ|bearer|basic|sk-|re_/i;
/** Patterns that reveal a secret anywhere, such as in the message of an error that quotes it. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1[hidden]@'],
  [/[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [hidden]'],
  [/\b(?:sk|re|rk|pk)[-_][\w-]{8,}/g, '[key]'],
  [/\b((?:password|token|secret)=|[?&](?:code|state|key|signature)=)[^\s&"']+/gi, '$1[hidden]'],
];

/** Returns the text without the secrets and e-mail addresses in it. */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return PATTERNS.reduce((redacted, [pattern, instead]) => redacted.replace(pattern, instead), text);
}

/** Deeper than any field of ours. */
const MAX_DEPTH = 5;

function redactInside(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, depth);
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.map((each) => redactInside(each, depth + 1));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isHidden(name) ? HIDDEN : redactInside(inner, depth + 1),
    ]),
  );
}

/** Returns the value of a field as it may be written. */
export function redactField(name: string, value: unknown): unknown {
  return isHidden(name) ? HIDDEN : redactInside(value, 0);
}

/** PostgreSQL's class 22 quotes the value that it cannot read. */
const DATA_EXCEPTION = /^22/;

/**
 * Returns the message without users' texts: Prisma prints whole calls, PostgreSQL prints values that it
 * cannot read.
 */
function messageOf(error: Error & { code?: unknown }): string {
  if (error.name.startsWith('PrismaClient')) return error.message.trim().split('\n').at(-1) ?? '';
  const isData = typeof error.code === 'string' && DATA_EXCEPTION.test(error.code);
  return isData ? error.message.replace(/"[^"]*"|'[^']*'/g, '"[hidden]"') : error.message;
}

/** Name, message, code, stack and cause; no other field of a library's error. */
export function errorFields(error: Error, depth = 0): object {
  const message = messageOf(error);
  const stack = error.stack?.replace(error.message, () => message);
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    name: error.name,
    message: redactText(message),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause instanceof Error && depth < 2 ? { cause: errorFields(cause, depth + 1) } : {}),
  };
}
