import { RE2JS } from 're2js';

/** How many automata keep their memory at a time: each may grow to 8 MB while it reads hostile text. */
const MAX_WARM = 4;

/**
 * Compiles a pattern for the linear-time engine. @throws the engine's error if it does not support the
 * pattern
 */
export function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}

const warm: RE2JS[] = [];

/** Whether the text matches. Frees the memory of patterns that were not used for a while. */
export function matches(pattern: RE2JS, text: string): boolean {
  if (warm.at(-1) !== pattern) {
    const known = warm.indexOf(pattern);
    if (known >= 0) warm.splice(known, 1);
    warm.push(pattern);
    if (warm.length > MAX_WARM) warm.shift()?.reset();
  }
  return pattern.test(text);
}
