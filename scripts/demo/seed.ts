import { z } from 'zod';
import type { Config } from '../../src/config/config';
import { createContainer } from '../../src/container';
import type { Database } from '../../src/platform/db/database';
import { sql } from '../../src/platform/db/sql';
import { systemClock } from '../../src/shared/clock';
import { DemoClock } from './build/demo-clock';
import { type DemoCounts, DemoDistrict } from './build/district';
import { SchoolCalendar } from './calendar';
import { PLATFORM_ADMIN } from './data';

/** An arbitrary constant that all seeds share. */
const SEED_LOCK = 7_265_004;

/** Takes some seconds on a fast machine. Only the person who started it waits. */
const SEED_TIMEOUT_MS = 300_000;

/** What the database holds now: a new demo district, an earlier one, or other data. */
export type SeedOutcome =
  | { kind: 'made'; counts: DemoCounts; calendar: SchoolCalendar }
  | { kind: 'demo_already'; calendar: SchoolCalendar }
  | { kind: 'other_data' };

const PresenceRow = z.object({ groups: z.boolean(), demo: z.boolean() });

function presence(db: Database): Promise<z.infer<typeof PresenceRow> | null> {
  return db.row(
    sql`SELECT EXISTS (SELECT FROM groups) AS groups, EXISTS (SELECT FROM users WHERE email = ${PLATFORM_ADMIN.email}) AS demo`,
    PresenceRow,
  );
}

/**
 * Fills an empty database with the demo district. Everything happens in one transaction: a killed seed
 * leaves nothing, and the second of two simultaneous seeds finds the work of the first.
 */
export async function seedDemo(
  config: Config,
  onProgress: (line: string) => void = () => {},
): Promise<SeedOutcome> {
  const calendar = new SchoolCalendar(systemClock.now());
  const clock = new DemoClock(calendar.now);
  // The container is not started: without other processes' notices it caches nothing, and so it sees what
  // the transaction has changed.
  const container = createContainer({ config, process: 'script', clock, isSilent: true });
  const { db } = container.platform;
  try {
    return await db.transaction(
      async (): Promise<SeedOutcome> => {
        await db.execute(sql`SELECT pg_advisory_xact_lock(${SEED_LOCK})`);
        const found = await presence(db);
        if (found?.groups) return found.demo ? { kind: 'demo_already', calendar } : { kind: 'other_data' };
        const counts = await new DemoDistrict(container, clock, calendar, onProgress).build();
        return { kind: 'made', counts, calendar };
      },
      { timeoutMs: SEED_TIMEOUT_MS },
    );
  } finally {
    await container.stop();
  }
}
