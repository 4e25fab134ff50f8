import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../platform/db/database';
import { sql } from '../platform/db/sql';
import {
  AppError,
  ConflictError,
  type ErrorKind,
  InvalidInputError,
  UnprocessableError,
} from '../shared/errors';
import { newId } from '../shared/ids';

/** How long a first answer is kept for repeats. */
const KEPT_HOURS = 24;

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const FoundRow = z.object({
  claimed: z.boolean(),
  requestHash: z.string().nullable(),
  status: z.number().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  body: z.string().nullable(),
});

/** Ends a rehearsal without a trace. */
class Rehearsed extends Error {}

/** How work is refused that the caller may do, but that was done before. */
const DONE_ALREADY: ReadonlySet<ErrorKind> = new Set(['conflict', 'unprocessable', 'invalid_input']);

/** Another request with the key has committed between our look and our claim: look again. */
class Overtaken extends Error {}

/** Reads the Idempotency-Key header. @throws InvalidInputError for one that is too long or not printable. */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = header.trim().replace(/^"(.*)"$/, '$1');
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new InvalidInputError('The Idempotency-Key is not usable.', {
    issues: [
      {
        path: 'headers.idempotency-key',
        reason: 'malformed',
        message: 'send 1 to 255 printable ASCII characters without spaces',
      },
    ],
  });
}

/** A digest of what was asked for, to tell a repeat from another request under the same key. */
export function requestHash(route: string, input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([route, input]))
    .digest('hex');
}

export const keyReused = () =>
  new UnprocessableError('idempotency.key_reused', 'This Idempotency-Key was used for another request.');
export const keyInFlight = () =>
  new ConflictError(
    'idempotency.in_flight',
    'The first request with this Idempotency-Key is still being worked on.',
  );

/**
 * Makes a creating POST happen once per key. Its answer is stored in the transaction of the effect itself, and an
 * advisory lock of that transaction marks the key as in flight: a crash leaves nothing of either behind.
 */
export class IdempotencyStore {
  constructor(private readonly db: Database) {}

  /**
   * Runs `work` in a transaction unless the key has an answer already.
   * @returns the answer, and whether it is the stored first one.
   * @throws UnprocessableError for the same key with another request, ConflictError while the first is in flight.
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
      if (error instanceof Overtaken) return this.once(userId, key, route, hash, work);
      throw error;
    }
  }

  /**
   * Tries work that was done before in a transaction that is never committed, only to see whether the caller still may.
   * @throws what forbids it; that it was done already is no obstacle.
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
    const found = await this.db.row(
      sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`${userId} ${key}`}, 0)) AS claimed,
            k.request_hash AS "requestHash", k.response_status AS status, k.response_headers AS headers, k.response_body AS body
          FROM (VALUES (1)) one LEFT JOIN idempotency_keys k
            ON k.user_id = ${userId}::uuid AND k.key = ${key} AND k.expires_at > now()`,
      FoundRow,
    );
    if (found?.status != null) {
      if (found.requestHash !== hash) throw keyReused();
      return {
        answer: { status: found.status, headers: found.headers ?? {}, body: found.body ?? '' },
        replayed: true,
      };
    }
    if (found?.claimed !== true) throw keyInFlight();
    const answer = await work();
    await this.keep(userId, key, route, hash, answer);
    return { answer, replayed: false };
  }

  private async keep(
    userId: string,
    key: string,
    route: string,
    hash: string,
    answer: StoredAnswer,
  ): Promise<void> {
    const kept = await this.db.execute(
      sql`INSERT INTO idempotency_keys AS k (id, user_id, key, route, request_hash, response_status, response_headers, response_body, expires_at)
          VALUES (${newId()}::uuid, ${userId}::uuid, ${key}, ${route}, ${hash}, ${answer.status}, ${JSON.stringify(answer.headers)}::jsonb,
                  ${answer.body}, now() + make_interval(hours => ${KEPT_HOURS}))
          ON CONFLICT (user_id, key) DO UPDATE
            SET route = EXCLUDED.route, request_hash = EXCLUDED.request_hash, response_status = EXCLUDED.response_status,
                response_headers = EXCLUDED.response_headers, response_body = EXCLUDED.response_body, expires_at = EXCLUDED.expires_at
            WHERE k.expires_at <= now()`,
    );
    if (kept === 0) throw new Overtaken();
  }
}
