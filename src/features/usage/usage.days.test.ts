import * as fc from 'fast-check';
import { dayAt } from '../../shared/local-time';
import { addDays, daysSince, monthOf, startOfDay, startOfHour } from './usage.days';

const HOUR = 3_600_000;
const hours = (zone: string, day: string) =>
  (startOfDay(zone, addDays(day, 1)).getTime() - startOfDay(zone, day).getTime()) / HOUR;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Havana',
  'America/Sao_Paulo',
  'Atlantic/Azores',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
];

describe('the days of a time zone', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28', 24, '2026-03-27T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', 23, '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', 25, '2026-10-24T22:00:00.000Z'],
    ['America/New_York', '2026-03-08', 23, '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-11-01', 25, '2026-11-01T04:00:00.000Z'],
    // Half an hour of daylight-saving time.
    ['Australia/Lord_Howe', '2026-04-05', 24.5, '2026-04-04T13:00:00.000Z'],
    // Midnight does not exist: the day begins at one.
    ['America/Sao_Paulo', '2018-11-04', 23, '2018-11-04T03:00:00.000Z'],
    // Midnight comes twice: the day begins at the first.
    ['America/Havana', '2026-11-01', 25, '2026-11-01T04:00:00.000Z'],
    // Clocks go back over midnight, to the evening before.
    ['America/Sao_Paulo', '2018-02-17', 25, '2018-02-17T02:00:00.000Z'],
    // A day that was skipped.
    ['Pacific/Apia', '2011-12-30', 0, '2011-12-30T10:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-07-01', 24, '2026-06-30T10:00:00.000Z'],
    ['Etc/GMT+12', '2026-07-01', 24, '2026-07-01T12:00:00.000Z'],
  ])('%s: %s has %d hours and begins at %s', (zone, day, length, start) => {
    expect(startOfDay(zone, day).toISOString()).toBe(start);
    expect(hours(zone, day)).toBe(length);
  });

  it('hold each moment that the clock shows as theirs', () => {
    const moment = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2036, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moment, (zone, at) => {
        const day = dayAt(zone, at);
        expect(startOfDay(zone, day).getTime()).toBeLessThanOrEqual(at);
        // If clocks went back over midnight, the moment may be in the next day by our count, but never
        // further.
        expect(startOfDay(zone, addDays(day, 2)).getTime()).toBeGreaterThan(at);
      }),
      { numRuns: 300 },
    );
  });

  it('belong to months', () => {
    expect(monthOf('2026-03-29')).toBe('2026-03-01');
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  });
});

describe('an hour of a day', () => {
  it.each([
    ['Europe/Berlin', '2026-07-01', 2, '2026-07-01T00:00:00.000Z'],
    ['America/Los_Angeles', '2026-07-01', 3, '2026-07-01T10:00:00.000Z'],
    ['Asia/Kathmandu', '2026-07-01', 2, '2026-06-30T20:15:00.000Z'],
    // The clocks go from two to three.
    ['Europe/Berlin', '2026-03-29', 2, '2026-03-29T01:00:00.000Z'],
    // Two comes twice: the first one counts.
    ['Europe/Berlin', '2026-10-25', 2, '2026-10-25T00:00:00.000Z'],
  ])('in %s on %s, at %i, begins at %4$s', (zone, day, hour, expected) => {
    expect(startOfHour(zone, day, hour).toISOString()).toBe(expected);
  });
});

describe('the days since the last aggregated one', () => {
  const at = (text: string) => new Date(text);
  const none = { lastDay: null, closedUntil: null };

  it('are none without any call', () => {
    expect(daysSince({ timeZone: 'UTC', ...none, firstCallAt: null }, new Date())).toEqual([]);
  });

  it('begin with the first call and end with the current day', () => {
    const days = daysSince(
      { timeZone: 'Europe/Berlin', ...none, firstCallAt: at('2026-03-28T12:00:00Z') },
      at('2026-03-30T01:00:00Z'),
    );
    expect(days.map(({ day }) => day)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(days[0]?.startsAt).toEqual(at('2026-03-27T23:00:00Z'));
    expect(days[1]?.endsAt).toEqual(at('2026-03-29T22:00:00Z'));
  });

  it.each([
    // Eastward: the day after the change has fewer hours.
    ['Asia/Tokyo', '2026-05-02', '2026-05-03T00:00:00Z', ['2026-05-03', 15]],
    // Westward: it has more hours.
    ['America/Los_Angeles', '2026-05-02', '2026-05-03T00:00:00Z', ['2026-05-03', 31]],
    // Across the date line: its day ends before it begins.
    ['Pacific/Kiritimati', '2026-05-02', '2026-05-03T12:00:00Z', ['2026-05-03', 0]],
  ])('continue in %s after the last aggregated day', (timeZone, lastDay, closedUntil, [day, length]) => {
    const [first, second] = daysSince(
      { timeZone, lastDay, closedUntil: at(closedUntil), firstCallAt: null },
      at('2026-05-06T00:00:00Z'),
    );
    expect(first).toMatchObject({ day, startsAt: at(closedUntil) });
    expect(((first?.endsAt.getTime() ?? 0) - (first?.startsAt.getTime() ?? 0)) / HOUR).toBe(length);
    expect(second?.startsAt).toEqual(first?.endsAt);
  });

  it('are contiguous and end after now, whatever the zone was before', () => {
    const zone = fc.constantFrom(...ZONES);
    fc.assert(
      fc.property(
        zone,
        zone,
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 0, max: 40 }),
        (before, timeZone, start, length) => {
          const lastDay = addDays('2015-01-01', start);
          const closedUntil = startOfDay(before, addDays(lastDay, 1));
          const now = new Date(closedUntil.getTime() + length * 7 * HOUR);
          const days = daysSince({ timeZone, lastDay, closedUntil, firstCallAt: null }, now);
          let [day, end] = [lastDay, closedUntil];
          for (const window of days) {
            expect(window.day).toBe(addDays(day, 1));
            expect(window.startsAt).toEqual(end);
            expect(window.endsAt.getTime()).toBeGreaterThanOrEqual(window.startsAt.getTime());
            [day, end] = [window.day, window.endsAt];
          }
          expect(end.getTime()).toBeGreaterThan(now.getTime());
        },
      ),
      { numRuns: 100 },
    );
  });
});
