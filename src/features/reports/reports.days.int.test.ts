import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { dayAt } from '../../shared/local-time';
import { TIME_ZONES } from '../../shared/time-zones';
import { createTestApp, type TestApp } from '../../testing/app';
import { localDay } from './reports.days.sql';

const FROM_YEAR = 2020;
const MONTHS = 12 * 12;
/**
 * At the beginning of each month, and on a day around which most clocks change, half past every sixth hour.
 */
const MOMENTS = Array.from({ length: MONTHS }, (_, month) =>
  [1, 28].flatMap((day) => [0, 6, 12, 18].map((hour) => new Date(Date.UTC(FROM_YEAR, month, day, hour, 30)))),
).flat();
const PERIOD = { from: new Date(Date.UTC(FROM_YEAR, 0)), to: new Date(Date.UTC(FROM_YEAR, MONTHS)) };
const DaysRow = z.object({ days: z.array(z.string()) });

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

/** The days of the moments, as a report counts them. */
async function daysInSql(timezone: string, period = PERIOD, moments = MOMENTS): Promise<string[]> {
  const row = await app.container.platform.db.row(
    sql`SELECT array_agg(${localDay(sql`moment`, { ...period, timezone })} ORDER BY moment) AS days
        FROM unnest(${moments.map((moment) => moment.toISOString())}::timestamptz[]) moment`,
    DaysRow,
  );
  return row?.days ?? [];
}

describe('the days of a report', () => {
  it('are those that Node knows, in each zone that a school can choose', async () => {
    for (const zone of TIME_ZONES)
      expect({ zone, days: await daysInSql(zone) }).toEqual({
        zone,
        days: MOMENTS.map((moment) => dayAt(zone, moment)),
      });
  });

  it('change with the clocks, at that very moment', async () => {
    const moments = ['2026-03-09T03:59:59.999Z', '2026-03-09T04:00:00Z', '2026-11-02T04:59:59Z'];
    const period = { from: new Date('2026-03-01T05:00:00Z'), to: new Date('2026-12-01T05:00:00Z') };
    const days = await daysInSql(
      'America/New_York',
      period,
      moments.map((moment) => new Date(moment)),
    );
    expect(days).toEqual(['2026-03-08', '2026-03-09', '2026-11-01']);
  });
});
