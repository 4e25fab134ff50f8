import JSON5 from 'json5';
import { inexactNumber } from '../../shared/exact-numbers';

/** Removes what PostgreSQL's jsonb cannot store. */
function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}

/**
 * The reasoning that a model writes before its answer. Some models begin it in the prompt, so that only its
 * end tag appears.
 */
const REASONING = /^(?:\s*<(think|thinking|reasoning)>)?[\s\S]*<\/(?:think|thinking|reasoning)>/i;
/** Markdown fences, on separate lines or on one line, with or without a language. */
const FENCED = /```(?:[a-z0-9]+(?=\s|[[{"]))?([\s\S]*?)```/gi;
/** The last fence is the answer; an answer with more fences than this is not understandable anyway. */
const MAX_FENCES = 5;
/** Places in prose where a value may begin. */
const MAX_STARTS = 50;

export interface Candidate {
  value: unknown;
  /** A number that was rounded, so that the value differs from what the model wrote. */
  inexact: string | null;
}

/**
 * Models write trailing commas, comments and single quotes in JSON. A text that breaks off is never
 * repaired.
 */
function parseLeniently(text: string): Candidate | null {
  for (const parse of [JSON.parse, JSON5.parse] as ((text: string) => unknown)[]) {
    try {
      const value = parse(text);
      if (isJson(value)) return { value: storable(value), inexact: inexactNumber(text) };
    } catch {
      // Try the next parser, if there is one.
    }
  }
  return null;
}

/** JSON5 allows NaN and Infinity. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isJson);
}

const isContainer = ({ value }: Candidate): boolean => typeof value === 'object' && value !== null;

/**
 * Returns the JSON values that a model's answer may mean, the likeliest first, without characters that
 * cannot be stored: the whole answer, otherwise the contents of its fences, otherwise values in its prose.
 * Values from the same kind of place share a list, because only the schema can tell which one is meant.
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

/** The objects and arrays in prose; none inside another. */
function* valuesIn(text: string): Generator<Candidate> {
  let from = 0;
  for (let starts = 0; starts < MAX_STARTS; starts += 1) {
    const start = text.slice(from).search(/[[{]/);
    if (start < 0) return;
    const end = endOfValue(text, from + start);
    const candidate = end === null ? null : parseLeniently(text.slice(from + start, end));
    if (candidate !== null) yield candidate;
    // A value without an end is no value, and neither is anything inside it.
    if (end === null) return;
    from = end;
  }
}

/** Where the bracket that opens here is closed; null if it never is. */
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

/** The same for an answer that is stored unparsed. */
export function storableAnswer(text: string): string {
  return storableText(text);
}
