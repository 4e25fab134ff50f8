import { createHash } from 'node:crypto';
import type { Database } from '../platform/db/database';
import { AppError, type ErrorKind, InvalidInputError } from '../shared/errors';
import { keyInFlight, keyReused } from '../shared/idempotency';
import { IdempotencyRepository, type KeyedRequest, type StoredAnswer } from './idempotency.repository';

export type { StoredAnswer } from './idempotency.repository';

/** Rolls a rehearsal back. */
class Rehearsed extends Error {}

/** The kinds of refusal of work that the caller may do, but that is already done. */
const DONE_ALREADY: ReadonlySet<ErrorKind> = new Set(['conflict', 'unprocessable', 'invalid_input']);

/** Another request with the key committed between our read and our claim, so read again. */
class LostRaceError extends Error {}

/** Reads the Idempotency-Key header. @throws InvalidInputError if it is too long or not printable */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = header.trim().replace(/^"(.*)"$/, '$1');
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new InvalidInputError('The Idempotency-Key is not valid.', {
    issues: [
      {
        path: 'headers.idempotency-key',
        reason: 'malformed',
        message: 'send 1 to 255 printable ASCII characters without spaces',
      },
    ],
  });
}

/** A hash of the request, which distinguishes a repeat from another request under the same key. */
export function requestHash(route: string, input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([route, input]))
    .digest('hex');
}

/**
 * Makes a creating POST happen once per key. The answer is stored in the transaction of the effect itself,
 * and an advisory lock of that transaction marks the key as in progress, so a crash leaves nothing of
 * either behind.
 */
export class IdempotencyStore {
  private readonly answers: IdempotencyRepository;

  constructor(private readonly db: Database) {
    this.answers = new IdempotencyRepository(db);
  }

  /**
   * Runs `work` in a transaction unless the key already has an answer.
   * @returns the answer, and whether it is the stored first one
   * @throws UnprocessableError for the same key with another request, ConflictError while the first request
   * is in progress
   */
  async once(
    userId: string,
    key: string,
    route: string,
    hash: string,
    work: () => Promise<StoredAnswer>,
  ): Promise<{ answer: StoredAnswer; replayed: boolean }> {
    try {
      return await this.db.transaction(() => this.findOrWork(userId, key, route, hash, work));
    } catch (error) {
      if (error instanceof LostRaceError) return this.once(userId, key, route, hash, work);
      throw error;
    }
  }

  /**
   * Tries completed work again in a transaction that is never committed, to check whether the caller may
   * still do it.
   * @throws the error that forbids it; "already done" is no error here
   */
  async rehearse(work: () => Promise<unknown>): Promise<void> {
    try {
      await this.db.transaction(async () => {
        await work();
        throw new Rehearsed();
      });
    } catch (error) {
      if (error instanceof Rehearsed || (error instanceof AppError && DONE_ALREADY.has(error.kind))) return;
      throw error;
    }
  }

  private async findOrWork(
    userId: string,
    key: string,
    route: string,
    hash: string,
    work: () => Promise<StoredAnswer>,
  ) {
    const found = await this.answers.claim(userId, key);
    if (found?.status != null) {
      if (found.requestHash !== hash) throw keyReused();
      return {
        answer: { status: found.status, headers: found.headers ?? {}, body: found.body ?? '' },
        replayed: true,
      };
    }
    if (found?.claimed !== true) throw keyInFlight();
    const answer = await work();
    const request: KeyedRequest = { userId, key, route, requestHash: hash };
    if (!(await this.answers.keep(request, answer))) throw new LostRaceError();
    return { answer, replayed: false };
  }
}
