import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../../src/config/config';
import { sql } from '../../src/platform/db/sql';
import { withDatabase } from './database';
import { type Finding, failed, ok, type Probe, skipped, warning } from './report';

/** As long as a job waits for the replica (see platform.ts). */
const CATCH_UP_MS = 2_000;
const LOOK_AGAIN_MS = 50;

const PositionRow = z.object({ position: z.string() });
const ReplicaStatusRow = z.object({
  isReplica: z.boolean(),
  bytes: z.number().nullable(),
  seconds: z.number().nullable(),
});

/** Checks that the replica follows the primary. */
export function replicaProbe(config: Config): Probe {
  const { DATABASE_REPLICA_URL: url, DATABASE_URL: primaryUrl, DATABASE_POOLER: pooler } = config;
  return {
    checks: ['read replica'],
    fix: 'check that the replica runs and that DATABASE_REPLICA_URL is right; until then the primary is read',
    run: async () => {
      if (url === undefined) return { 'read replica': skipped('DATABASE_REPLICA_URL is not set') };
      const primary = await withDatabase(primaryUrl, pooler, (db) =>
        db.row(sql`SELECT pg_current_wal_flush_lsn()::text AS position`, PositionRow),
      );
      return withDatabase(url, pooler, async (db) => {
        const end = Date.now() + CATCH_UP_MS;
        for (;;) {
          const status = await db.row(
            sql`SELECT pg_is_in_recovery() AS "isReplica", pg_wal_lsn_diff(${primary?.position ?? ''}::text::pg_lsn, pg_last_wal_replay_lsn()) AS bytes,
                  extract(epoch FROM now() - pg_last_xact_replay_timestamp()) AS seconds`,
            ReplicaStatusRow,
          );
          const finding = findingOf(status);
          if (finding.state === 'warning' && Date.now() < end) await sleep(LOOK_AGAIN_MS);
          else return { 'read replica': finding };
        }
      });
    },
  };
}

function findingOf(status: z.infer<typeof ReplicaStatusRow> | null): Finding {
  if (status?.isReplica !== true)
    return failed(
      'the server is not a replica',
      'set DATABASE_REPLICA_URL to a streaming replica of this database',
    );
  const { bytes, seconds } = status;
  if (bytes !== null && bytes <= 0) return ok('up to date with the primary');
  return warning(
    `behind: ${bytes ?? '?'} bytes, last transaction ${Math.round(seconds ?? 0)} s ago; usage is read on the primary`,
    'check the replica for long queries, a paused replay or a slow network',
  );
}
