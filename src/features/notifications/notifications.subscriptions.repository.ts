import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { PushTarget } from './notifications.types';

/** Somebody's browsers; whoever registers more loses the oldest. */
const MAX_PER_USER = 20;

const TargetRow = z.object({ endpoint: z.string(), p256dh: z.string(), auth: z.string() });
const IdRow = z.object({ id: z.string() });

export class PushSubscriptionsRepository {
  constructor(private readonly db: Database) {}

  /** Registers a browser; one that somebody else used before is now this person's. @returns its id. */
  async put(userId: string, { endpoint, p256dh, auth }: PushTarget): Promise<string> {
    const row = await this.db.row(
      sql`INSERT INTO push_subscriptions (id, user_id, endpoint, p256dh, auth)
          VALUES (${newId()}::uuid, ${userId}::uuid, ${endpoint}, ${p256dh}, ${auth})
          ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth
          RETURNING id`,
      IdRow,
    );
    await this.db.execute(
      sql`DELETE FROM push_subscriptions WHERE id IN (
            SELECT id FROM push_subscriptions WHERE user_id = ${userId}::uuid ORDER BY updated_at DESC, id DESC OFFSET ${MAX_PER_USER}::int)`,
    );
    return row?.id ?? '';
  }

  /** @returns the id of the one that was removed, or null. */
  async remove(userId: string, endpoint: string): Promise<string | null> {
    const row = await this.db.row(
      sql`DELETE FROM push_subscriptions WHERE user_id = ${userId}::uuid AND endpoint = ${endpoint} RETURNING id`,
      IdRow,
    );
    return row?.id ?? null;
  }

  async listOf(userId: string): Promise<PushTarget[]> {
    return this.db.rows(
      sql`SELECT endpoint, p256dh, auth FROM push_subscriptions WHERE user_id = ${userId}::uuid ORDER BY id`,
      TargetRow,
    );
  }

  async removeEndpoints(endpoints: readonly string[]): Promise<void> {
    if (endpoints.length === 0) return;
    await this.db.execute(
      sql`DELETE FROM push_subscriptions WHERE endpoint = ANY(${[...endpoints]}::text[])`,
    );
  }
}
