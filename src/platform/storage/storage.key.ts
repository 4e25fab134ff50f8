/** As long as the strictest of our places to keep files allows (a file name of 255 bytes, with something for `.part`). */
const MAX_SEGMENT = 200;
const MAX_KEY = 900;

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Ends the names of files that are still being written in a folder; no key ends so. */
export const UNFINISHED = '.part';

/** Lets pass what can be a key in every kind of storage and can never lead out of it. @throws Error otherwise */
export function assertStorageKey(key: string): void {
  const isKey =
    key.length <= MAX_KEY &&
    key.split('/').every((segment) => segment.length <= MAX_SEGMENT && SEGMENT.test(segment)) &&
    !key.endsWith(UNFINISHED);
  // A key is made by our own code: a bad one is a mistake there, and no answer to anybody.
  if (!isKey) throw new Error('not a storage key');
}

/** The same for the beginning of keys: whole segments, each followed by a slash. @throws Error */
export function assertStoragePrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw new Error('a storage prefix ends with a slash');
  assertStorageKey(prefix.slice(0, -1));
}
