import { Client } from 'pg';
import { TIME_ZONES, timeZoneProblem } from '../../shared/time-zones';
import { createTestDatabase, type TestDatabase } from '../../testing/database';

const FROM_YEAR = 2020;
const MONTHS = 12 * 12;
/** In the middle of each month, and a day around which most clocks change. */
const MOMENTS = Array.from({ length: MONTHS }, (_, month) => [
  new Date(Date.UTC(FROM_YEAR, month, 1, 3, 30)),
  new Date(Date.UTC(FROM_YEAR, month, 29, 1, 30)),
]).flat();

/**
 * Places whose clocks were changed by law so lately that PostgreSQL and Node do not have the new rule in the same
 * release. A place leaves this list when both have it; a new one is to be seen by whoever updates either of them.
 */
const CHANGED_LATELY = new Set(['America/Vancouver']);

/** `2026-03-29 03:30` as a clock in the zone shows it, by Node. */
function shownByNode(timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return MOMENTS.map((moment) => format.format(moment));
}

describe('the time zones that people can choose', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('show the same clocks in PostgreSQL and in Node', async () => {
    const { rows } = await client.query<{ zone: string; shown: string[] }>(
      `SELECT zone, array_agg(to_char(moment AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') ORDER BY moment) AS shown
       FROM unnest($1::text[]) zone CROSS JOIN unnest($2::timestamptz[]) moment GROUP BY zone`,
      [[...TIME_ZONES], MOMENTS],
    );
    expect(rows.length).toBe(TIME_ZONES.size);
    const different = rows
      .filter(({ zone }) => !CHANGED_LATELY.has(zone))
      .filter(({ zone, shown }) => shown.join() !== shownByNode(zone).join())
      .map(({ zone, shown }) => {
        const node = shownByNode(zone);
        const at = shown.findIndex((each, i) => each !== node[i]);
        return `${zone}: ${shown[at]} and ${node[at]}`;
      });
    expect(different).toEqual([]);
  });

  it.each([
    ['Europe/Berlin', null],
    ['UTC', null],
    ['Asia/Kolkata', null],
    // As browsers call it; stored as Asia/Kolkata.
    ['Asia/Calcutta', null],
    ['America/Argentina/Buenos_Aires', null],
    ['IST', 'use Asia/Kolkata'],
    ['EST', 'use America/Panama'],
    ['US/Eastern', 'use America/New_York'],
    ['Asia/Chongqing', 'use Asia/Shanghai'],
    ['europe/berlin', 'use Europe/Berlin'],
    ['GMT', 'use UTC'],
    ['Etc/GMT+5', 'is not an IANA time zone'],
    ['+02:00', 'is not an IANA time zone'],
    ['Mars/Olympus', 'is not an IANA time zone'],
  ])('accept canonical names and say what to use instead of others: %s', (name, problem) => {
    if (problem === null) expect(timeZoneProblem(name)).toBeNull();
    else expect(timeZoneProblem(name)).toContain(problem);
  });
});
