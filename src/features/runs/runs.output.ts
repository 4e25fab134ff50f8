import JSON5 from 'json5';
import { inexactNumber } from '../../shared/exact-numbers';

/** What PostgreSQL's jsonb cannot hold. */
function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}

/** Reasoning that a model writes before its answer. Some begin it in the prompt, so that only its end is seen. */
const REASONING = /^(?:\s*<(think|thinking|reasoning)>)?[\s\S]*<\/(?:think|thinking|reasoning)>/i;
/** Markdown fences, on lines of their own or on one line, with or without a language. */
const FENCED = /```(?:[a-z0-9]+(?=\s|[[{"]))?([\s\S]*?)```/gi;
/** The last fence is the answer; a model that shows more than a few drafts is not going to be understood. */
const MAX_FENCES = 5;
/** Places in prose where a value may begin. */
const MAX_STARTS = 50;

export interface Candidate {
  value: unknown;
  /** A number that was rounded: the value is not what the model wrote. */
  inexact: string | null;
}

/** Trailing commas, comments and single quotes are what models write for JSON; a text that breaks off is never mended. */
function parseLeniently(text: string): Candidate | null {
  for (const parse of [JSON.parse, JSON5.parse] as ((text: string) => unknown)[]) {
    try {
      const value = parse(text);
      if (isJson(value)) return { value: storable(value), inexact: inexactNumber(text) };
    } catch {
      // The next way, or none.
    }
  }
  return null;
}

/** JSON5 knows NaN and Infinity. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isJson);
}

const isContainer = ({ value }: Candidate): boolean => typeof value === 'object' && value !== null;

/**
 * The JSON values that a model's answer may mean, the likeliest first, without characters that cannot be stored: the
 * whole answer, else what stands in its fences, else what stands in its prose. Values of one kind of place stand in one
 * list: which of them is meant only the schema can say.
 */
export function readOutput(text: string): readonly (readonly Candidate[])[] {
  const whole = text.trim();
  const answer = whole.replace(REASONING, '').trim();
  const places = [
    [whole],
    [answer],
    [...answer.matchAll(FENCED)].slice(-MAX_FENCES).map(([, inside = '']) => inside.trim()),
  ];
  const read = places.map((texts) => texts.map(parseLeniently).filter((each) => each !== null));
  return [...read, [...valuesIn(answer)].filter(isContainer)].filter((candidates) => candidates.length > 0);
}

/** The objects and arrays that stand in prose, none within another. */
function* valuesIn(text: string): Generator<Candidate> {
  let from = 0;
  for (let starts = 0; starts < MAX_STARTS; starts += 1) {
    const start = text.slice(from).search(/[[{]/);
    if (start < 0) return;
    const end = endOfValue(text, from + start);
    const candidate = end === null ? null : parseLeniently(text.slice(from + start, end));
    if (candidate !== null) yield candidate;
    // What does not end is no value, and neither is anything within it.
    if (end === null) return;
    from = end;
  }
}

/** Where the bracket that opens here is closed again; null if it never is. */
function endOfValue(text: string, start: number): number | null {
  let depth = 0;
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs;
  token.lastIndex = start;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0].length > 1) continue;
    depth += found[0] === '{' || found[0] === '[' ? 1 : -1;
    if (depth === 0) return token.lastIndex;
  }
  return null;
}

/** The same for an answer that is kept as it came. */
export function storableAnswer(text: string): string {
  return storableText(text);
}
