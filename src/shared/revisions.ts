import { PreconditionFailedError } from './errors';

/** The revisions of a resource that a caller has seen (If-Match); null for any. */
export type IfMatch = readonly number[] | null;

/** Holds a change to what the client has seen. @throws PreconditionFailedError if the resource has another revision. */
export function assertRevision(ifMatch: IfMatch, revision: number): void {
  if (ifMatch !== null && !ifMatch.includes(revision)) throw new PreconditionFailedError();
}
