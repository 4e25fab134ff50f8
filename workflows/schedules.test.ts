import * as workflows from './index';
import { SCHEDULES } from './schedules';
import type { ScheduleEntry } from './shared/schedule-entry';

const HOUR = 60;
const DAY = 24 * HOUR;
const WINDOWS = { '10 minutes': 10, '1 hour': HOUR, '1 day': DAY, '7 days': 7 * DAY } as const;

/** The shortest time between two starts, in minutes. */
function periodOf({ at }: ScheduleEntry): number {
  if (at.dayOfMonth !== undefined) return 28 * DAY;
  if (at.hour !== undefined) return DAY;
  return typeof at.minute === 'number' ? HOUR : HOUR / at.minute.length;
}

describe('the table of schedules', () => {
  it.each(SCHEDULES.map((entry) => [entry.id, entry] as const))(
    '%s: a stop of three days leads to no burst',
    (_id, entry) => {
      // If the worker is down but Temporal is not, the first start waits for the worker. Its id is always
      // the same, so only one exists at a time, and later starts are skipped or buffered once.
      expect(entry.contract.workflowId(entry.input)).toBe(entry.contract.workflowId(entry.input));
      expect(['SKIP', 'BUFFER_ONE']).toContain(entry.overlap);
      // If Temporal is down too, starts within the window are caught up: one each, or a week of daily ones.
      const caughtUp = Math.floor(WINDOWS[entry.catchupWindow] / periodOf(entry));
      expect(caughtUp).toBeLessThanOrEqual(entry.catchupWindow === '7 days' ? 7 : 1);
    },
  );

  it.each(SCHEDULES.map((entry) => [entry.id, entry] as const))(
    '%s: starts a workflow that there is, says what it does, and at which time of the clock',
    (id, { contract, note, at, timeZone, input }) => {
      expect(Object.keys(workflows)).toContain(contract.name);
      expect(contract.workflowId(input)).toBe(id);
      expect(contract.summary(input)).toMatch(/^[A-Z].{10,}/);
      expect(note).toMatch(/^[A-Z].{10,}\.$/);
      // Temporal's own time zones would decide what happens at a clock change. Jobs that depend on a
      // school's clock read that clock themselves.
      expect(timeZone).toBe('UTC');
      const minutes = typeof at.minute === 'number' ? [at.minute] : at.minute;
      expect(minutes.length).toBeGreaterThan(0);
      for (const minute of minutes) expect(minute >= 0 && minute < HOUR).toBe(true);
      expect(JSON.stringify(input) ?? '').not.toMatch(/@|"name"/);
    },
  );

  it('starts no two jobs of the same hour in the same minute', () => {
    const minutes = SCHEDULES.flatMap(({ at }) =>
      (typeof at.minute === 'number' ? [at.minute] : at.minute).map(
        (minute) => `${at.dayOfMonth ?? '*'} ${at.hour ?? '*'}:${minute}`,
      ),
    );
    expect(new Set(minutes).size).toBe(minutes.length);
  });
});
