import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** Waits until a statement of a worker waits for a lock that another connection holds. */
export async function untilWorkerWaits(client: pg.Client): Promise<void> {
  for (;;) {
    // Within a transaction, PostgreSQL would repeat its first list of connections.
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'raptscallions-worker' AND wait_event_type = 'Lock'`,
    );
    if (rowCount !== 0) return;
    await sleep(20);
  }
}
