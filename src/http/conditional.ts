import { hash } from 'node:crypto';
import { InvalidInputError } from '../shared/errors';

/**
 * An entity tag is `"<revision>-<hash of the body>"` (strong), or `W/"<hash>"` where there is no revision. If-Match
 * compares the revision alone, as the rest also changes with what the caller may do; If-None-Match compares the whole.
 */
export function entityTag(body: string, revision: number | undefined): string {
  const digest = hash('sha1', body, 'base64url').slice(0, 16);
  return revision === undefined ? `W/"${digest}"` : `"${revision}-${digest}"`;
}

/** RFC 9110 §13.1.2: weak comparison. */
export function isNotModified(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const bare = tag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === bare);
}

/**
 * The revisions that an If-Match header allows; null for none or `*`. Also takes a bare revision: `"3"`.
 * @throws InvalidInputError for what is not an entity tag.
 */
export function parseIfMatch(header: string | undefined): readonly number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').map((each) => {
    const match = /^(?:W\/)?"(\d{1,9})(?:-[\w-]*)?"$/.exec(each.trim());
    if (match === null) {
      // A tag of another kind is well-formed, only never ours.
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
