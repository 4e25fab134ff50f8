import * as workflows from './index';
import { SCHEDULES } from './schedules';
import type { ScheduleEntry } from './shared/schedule-entry';

const HOUR = 60;
const DAY = 24 * HOUR;
const WINDOWS = { '10 minutes': 10, '1 hour': HOUR, '1 day': DAY, '7 days': 7 * DAY } as const;

/** The least time between two starts, in minutes. */
function periodOf({ at }: ScheduleEntry): number {
  if (at.dayOfMonth !== undefined) return 28 * DAY;
  if (at.hour !== undefined) return DAY;
  return typeof at.minute === 'number' ? HOUR : HOUR / at.minute.length;
}

describe('the table of schedules', () => {
  it.each(SCHEDULES.map((entry) => [entry.id, entry] as const))(
    '%s: a stop of three days leads to no burst',
    (_id, entry) => {
      // While the worker is away but Temporal is not, the first start waits for it. Its id is the same each time, so
      // there is one at a time, and what comes due meanwhile is skipped, or buffered once.
      expect(entry.contract.workflowId(entry.input)).toBe(entry.contract.workflowId(entry.input));
      expect(['SKIP', 'BUFFER_ONE']).toContain(entry.overlap);
      // While Temporal is away too, those within the window are caught up: one each, a week's for what is daily.
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
      // Where clocks change, Temporal's own time zones would decide when: what goes by a school's clock asks it itself.
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
