import { hash } from 'node:crypto';
import { InvalidInputError } from '../shared/errors';

/**
 * Returns the entity tag: `"<revision>-<hash of the body>"` (strong), or `W/"<hash>"` if there is no
 * revision. If-Match compares the revision only, because the body also changes with what the caller may do;
 * If-None-Match compares the whole tag.
 */
export function entityTag(body: string, revision: number | undefined): string {
  const digest = hash('sha1', body, 'base64url').slice(0, 16);
  return revision === undefined ? `W/"${digest}"` : `"${revision}-${digest}"`;
}

/** Weak comparison (RFC 9110 §13.1.2). */
export function isNotModified(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const bare = tag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === bare);
}

/**
 * Returns the revisions that an If-Match header allows; null without a header or for `*`. It also accepts a
 * bare revision: `"3"`.
 * @throws InvalidInputError if a value is not an entity tag
 */
export function parseIfMatch(header: string | undefined): readonly number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').map((each) => {
    const match = /^(?:W\/)?"(\d{1,9})(?:-[\w-]*)?"$/.exec(each.trim());
    if (match === null) {
      // A tag of another form is valid, but never one of ours.
      if (/^(?:W\/)?"[^"]*"$/.test(each.trim())) return -1;
      throw new InvalidInputError('If-Match is not an entity tag.', {
        issues: [
          {
            path: 'headers.if-match',
            reason: 'malformed',
            message: 'send the ETag exactly as you received it, with its quotes',
          },
        ],
      });
    }
    return Number(match[1]);
  });
}
