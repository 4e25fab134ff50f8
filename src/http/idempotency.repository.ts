import { z } from 'zod';
import type { Database } from '../platform/db/database';
import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';

/** How long a first answer is kept for repeats. */
const KEPT_HOURS = 24;

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const ClaimRow = z.object({
  /** Whether this transaction holds the key until it ends. */
  claimed: z.boolean(),
  requestHash: z.string().nullable(),
  status: z.number().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  body: z.string().nullable(),
});

/** A request whose answer is to be stored. */
export interface KeyedRequest {
  userId: string;
  key: string;
  route: string;
  requestHash: string;
}

/** Stores first answers by user and key. */
export class IdempotencyRepository {
  constructor(private readonly db: Database) {}

  /**
   * Claims the key until the transaction ends, unless another one holds it, and reads its stored answer, in
   * one statement.
   */
  async claim(userId: string, key: string): Promise<z.output<typeof ClaimRow> | null> {
    return this.db.row(
      sql`SELECT
            pg_try_advisory_xact_lock(hashtextextended(${`${userId} ${key}`}, 0)) AS claimed,
            k.request_hash AS "requestHash",
            k.response_status AS status,
            k.response_headers AS headers,
            k.response_body AS body
          FROM (VALUES (1)) one
          LEFT JOIN idempotency_keys k
            ON k.user_id = ${userId}::uuid AND k.key = ${key} AND k.expires_at > now()`,
      ClaimRow,
    );
  }

  /** Stores an answer. @returns false if another request with the key has stored one meanwhile */
  async keep({ userId, key, route, requestHash }: KeyedRequest, answer: StoredAnswer): Promise<boolean> {
    const kept = await this.db.execute(
      sql`INSERT INTO idempotency_keys AS k (
            id, user_id, key, route, request_hash, response_status, response_headers, response_body,
            expires_at)
          VALUES (
            ${newId()}::uuid, ${userId}::uuid, ${key}, ${route}, ${requestHash}, ${answer.status},
            ${JSON.stringify(answer.headers)}::jsonb, ${answer.body},
            now() + make_interval(hours => ${KEPT_HOURS}))
          ON CONFLICT (user_id, key) DO UPDATE
          SET route = EXCLUDED.route,
              request_hash = EXCLUDED.request_hash,
              response_status = EXCLUDED.response_status,
              response_headers = EXCLUDED.response_headers,
              response_body = EXCLUDED.response_body,
              expires_at = EXCLUDED.expires_at
          WHERE k.expires_at <= now()`,
    );
    return kept > 0;
  }
}
