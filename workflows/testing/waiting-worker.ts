import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** Until a statement of a worker waits for a lock that somebody else holds. */
export async function untilWorkerWaits(client: pg.Client): Promise<void> {
  for (;;) {
    // Within a transaction the list of connections stays as it was at the first look.
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'raptscallions-worker' AND wait_event_type = 'Lock'`,
    );
    if (rowCount !== 0) return;
    await sleep(20);
  }
}
