import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../platform/db/database';
import { sql } from '../platform/db/sql';
import { ConflictError, InvalidInputError, UnprocessableError } from '../shared/errors';
import { newId } from '../shared/ids';

/** How long a first answer is kept for repeats. */
const KEPT_HOURS = 24;
/** Longer than any request may last: an older one in flight belongs to a process that died. */
const LOCK_SECONDS = 60;

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const KeyRow = z.object({
  requestHash: z.string(),
  state: z.enum(['in_flight', 'done']),
  status: z.number().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  body: z.string().nullable(),
});
const ClaimRow = z.object({ id: z.string() });

/** Reads the Idempotency-Key header. @throws InvalidInputError for one that is too long or not printable. */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = header.trim().replace(/^"(.*)"$/, '$1');
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new InvalidInputError('The Idempotency-Key is not usable.', {
    issues: [{ path: 'headers.idempotency-key', reason: 'malformed', message: 'send 1 to 255 printable ASCII characters without spaces' }],
  });
}

/** A digest of what was asked for, to tell a repeat from another request under the same key. */
export function requestHash(route: string, path: string, body: unknown): string {
  return createHash('sha256').update(JSON.stringify([route, path, body])).digest('hex');
}

export const keyReused = () =>
  new UnprocessableError('idempotency.key_reused', 'This Idempotency-Key was used for another request.');
export const keyInFlight = () =>
  new ConflictError('idempotency.in_flight', 'The first request with this Idempotency-Key is still being worked on.');

/**
 * Makes a creating POST happen once per key: the answer is written in the transaction of the effect itself, so a
 * crash leaves either both or neither.
 */
export class IdempotencyStore {
  constructor(private readonly db: Database) {}

  /**
   * Runs `work` unless the key has an answer already.
   * @returns the stored first answer, or null after `work` has run and `answer()` was stored.
   * @throws UnprocessableError for the same key with another request, ConflictError while the first is in flight.
   */
  async once(userId: string, key: string, route: string, hash: string, work: () => Promise<StoredAnswer>): Promise<StoredAnswer | null> {
    const claimed = await this.claim(userId, key, route, hash);
    if (claimed === null) return this.replay(userId, key, hash);
    try {
      await this.db.transaction(async () => this.complete(claimed, await work()));
      return null;
    } catch (error) {
      await this.release(claimed).catch(() => {});
      throw error;
    }
  }

  private async claim(userId: string, key: string, route: string, hash: string): Promise<string | null> {
    const row = await this.db.row(
      sql`INSERT INTO idempotency_keys AS k (id, user_id, key, route, request_hash, locked_until, expires_at)
          VALUES (${newId()}::uuid, ${userId}::uuid, ${key}, ${route}, ${hash},
                  now() + make_interval(secs => ${LOCK_SECONDS}), now() + make_interval(hours => ${KEPT_HOURS}))
          ON CONFLICT (user_id, key) DO UPDATE
            SET id = EXCLUDED.id, route = EXCLUDED.route, request_hash = EXCLUDED.request_hash, state = 'in_flight', response_status = NULL,
                response_headers = NULL, response_body = NULL, locked_until = EXCLUDED.locked_until, expires_at = EXCLUDED.expires_at
            WHERE k.expires_at < now() OR (k.state = 'in_flight' AND k.locked_until < now() AND k.request_hash = EXCLUDED.request_hash)
          RETURNING k.id`,
      ClaimRow,
    );
    return row?.id ?? null;
  }

  private async replay(userId: string, key: string, hash: string): Promise<StoredAnswer> {
    const row = await this.db.row(
      sql`SELECT request_hash AS "requestHash", state, response_status AS status, response_headers AS headers, response_body AS body
          FROM idempotency_keys WHERE user_id = ${userId}::uuid AND key = ${key}`,
      KeyRow,
    );
    if (row !== null && row.requestHash !== hash) throw keyReused();
    if (row === null || row.state === 'in_flight') throw keyInFlight();
    return { status: row.status ?? 200, headers: row.headers ?? {}, body: row.body ?? '' };
  }

  private async complete(claimId: string, answer: StoredAnswer): Promise<void> {
    const updated = await this.db.execute(
      sql`UPDATE idempotency_keys SET state = 'done', response_status = ${answer.status},
            response_headers = ${JSON.stringify(answer.headers)}::jsonb, response_body = ${answer.body}
          WHERE id = ${claimId}::uuid AND state = 'in_flight'`,
    );
    // Somebody took the key over, believing this process dead: their effect counts, ours is rolled back.
    if (updated === 0) throw keyInFlight();
  }

  private async release(claimId: string): Promise<void> {
    await this.db.execute(sql`DELETE FROM idempotency_keys WHERE id = ${claimId}::uuid AND state = 'in_flight'`);
  }
}
