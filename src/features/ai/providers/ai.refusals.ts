import type { RefusedParameter } from '../models/ai.parameters';

/** Why a provider refuses to answer. It is used for decisions; only `code` and `param` may be logged. */
export interface Refusal {
  status: number;
  code: string | null;
  param: string | null;
  /** Codes, parameters and messages in lower case. They may quote a student's text. */
  words: string;
}

/**
 * Fields in which providers put their messages. Fields that quote the request (`input`,
 * `failed_generation`) are not among them.
 */
const TELLING = ['code', 'type', 'param', 'loc', 'message', 'msg', 'detail', 'error', 'errors', 'innererror'];
const MAX_WORDS = 2_000;
const MAX_DEPTH = 5;

/** Codes and parameters are short words; anything else could be a text. */
const WORD = /^[\w.[\]-]{1,64}$/;
const wordOf = (value: unknown): string | null =>
  typeof value === 'string' && WORD.test(value) ? value : null;

export function hasProperties(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function wordsOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value.slice(0, MAX_WORDS);
  if (depth >= MAX_DEPTH) return '';
  if (Array.isArray(value))
    return value
      .slice(0, 20)
      .map((item) => wordsOf(item, depth + 1))
      .join(' ');
  if (!hasProperties(value)) return '';
  return TELLING.map((key) => wordsOf(value[key], depth + 1)).join(' ');
}

/** Reads the body of an error in any shape. */
export function readRefusal(status: number, body: unknown): Refusal {
  const outer = hasProperties(body) ? body : { message: typeof body === 'string' ? body : '' };
  const error = hasProperties(outer.error) ? outer.error : outer;
  const code = wordOf(error.code) ?? wordOf(error.type);
  const words = wordsOf(outer).replace(/\s+/g, ' ').toLowerCase().slice(0, MAX_WORDS);
  return { status, code, param: wordOf(error.param), words };
}

const UNSUPPORTED =
  /unsupported|(?:not|n't) support|unavailable|not (permitted|allowed|enabled|implemented|available)|forbidden|unrecogni[sz]ed|unexpected|unknown|invalid parameter|only .{0,60}supported/;
const ODD_SCHEMA = /invalid_json_schema|invalid schema/;
const WANTS_OTHER_LIMIT = /use\W+max_completion_tokens/;
const INSTRUCTIONS =
  /\b(system|developer)('s)? (role|message|instruction|prompt)|messages\W+0\W+role|only user and assistant roles|roles must alternate/;
const NAMED = /\b(max_tokens|max_completion_tokens|response_format|stream_options|temperature)\b/;
/** The statuses with which providers refuse parameters. */
const ABOUT_THE_BODY: ReadonlySet<number> = new Set([400, 422]);

/** Returns the parameter that a provider did not accept; null if the refusal has another reason. */
export function refusedParameter({ status, param, words }: Refusal): RefusedParameter | null {
  if (!ABOUT_THE_BODY.has(status)) return null;
  const named = (NAMED.exec(param ?? '') ?? NAMED.exec(words))?.[1];
  if (WANTS_OTHER_LIMIT.test(words) && named?.startsWith('max_') === true)
    return { parameter: 'max_tokens', replacement: 'max_completion_tokens', onlyThisTime: false };
  if (named === 'response_format' && ODD_SCHEMA.test(words))
    return { parameter: 'response_format', replacement: null, onlyThisTime: true };
  const isInstructions = INSTRUCTIONS.test(`${param ?? ''} ${words}`);
  if (/roles must alternate/.test(words) || (isInstructions && UNSUPPORTED.test(words)))
    return { parameter: 'instructions', replacement: null, onlyThisTime: false };
  if (named === undefined || !UNSUPPORTED.test(words)) return null;
  return { parameter: named as RefusedParameter['parameter'], replacement: null, onlyThisTime: false };
}

const QUOTA =
  /insufficient_quota|insufficient_credits|insufficient_balance|billing_hard_limit|credit_balance/;

/** Whether the account with the provider has no credit left, which waiting does not fix. */
export function isOutOfCredit({ status, code }: Refusal): boolean {
  return status === 402 || (code !== null && QUOTA.test(code));
}

const FILTERED =
  /content_filter|content_policy|responsibleaipolicy|content management policy|content filter|moderation|flagged|prohibited_content|data_inspection_failed|safety system/;

/** Whether a filter of the provider stopped the request. */
export function isFiltered({ status, words }: Refusal): boolean {
  return (status === 400 || status === 403 || status === 422) && FILTERED.test(words);
}
