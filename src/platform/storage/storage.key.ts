/** The limit of the strictest storage: a file name of 255 bytes, minus room for `.part`. */
const MAX_SEGMENT = 200;
const MAX_KEY = 900;

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Ends the names of files that are still being written in a folder; no key ends with it. */
export const UNFINISHED = '.part';

/** Accepts only keys that work in every storage and cannot lead out of it. @throws Error otherwise */
export function assertStorageKey(key: string): void {
  const isKey =
    key.length <= MAX_KEY &&
    key.split('/').every((segment) => segment.length <= MAX_SEGMENT && SEGMENT.test(segment)) &&
    !key.endsWith(UNFINISHED);
  // Our own code makes the keys: a bad one is a bug, not an answer to a caller.
  if (!isKey) throw new Error('not a storage key');
}

/** The same for the beginning of keys: whole segments, each followed by a slash. @throws Error */
export function assertStoragePrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw new Error('a storage prefix ends with a slash');
  assertStorageKey(prefix.slice(0, -1));
}
