import { PreconditionFailedError } from './errors';

/** The revisions of a resource that a caller has seen (If-Match); null if any revision will do. */
export type IfMatch = readonly number[] | null;

/**
 * Checks that the resource is still what the client has seen. @throws PreconditionFailedError if it has
 * another revision
 */
export function assertRevision(ifMatch: IfMatch, revision: number): void {
  if (ifMatch !== null && !ifMatch.includes(revision)) throw new PreconditionFailedError();
}
