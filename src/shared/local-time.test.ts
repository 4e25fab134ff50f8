import { clockAt, dayAt, localIso, momentInWords, offsetAt, offsetsDuring } from './local-time';

const at = (text: string): Date => new Date(text);

describe('a calendar day', () => {
  it('is that of the school, over the change of its clocks', () => {
    expect(dayAt('America/New_York', at('2026-03-08T04:59:59Z'))).toBe('2026-03-07');
    expect(dayAt('America/New_York', at('2026-03-08T05:00:00Z'))).toBe('2026-03-08');
    expect(dayAt('America/New_York', at('2026-03-09T03:59:59Z'))).toBe('2026-03-08');
    expect(dayAt('America/New_York', at('2026-03-09T04:00:00Z'))).toBe('2026-03-09');
    expect(dayAt('Pacific/Kiritimati', at('2026-12-31T12:00:00Z'))).toBe('2027-01-01');
  });
});

describe('a moment in words', () => {
  it('names the day, the time and the zone', () => {
    expect(momentInWords('America/Chicago', at('2026-05-03T22:00:00Z'))).toBe(
      '3 May 2026 at 17:00 (America/Chicago)',
    );
    expect(momentInWords('UTC', at('2026-12-31T00:05:59Z'))).toBe('31 December 2026 at 00:05 (UTC)');
  });
});

describe('a local time', () => {
  it.each([
    ['Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25T02:30:00+02:00'],
    ['Europe/Berlin', '2026-10-25T01:30:00.999Z', '2026-10-25T02:30:00+01:00'],
    ['America/St_Johns', '2026-10-25T00:30:00.000Z', '2026-10-24T22:00:00-02:30'],
    ['Asia/Kathmandu', '2026-10-25T00:30:00.000Z', '2026-10-25T06:15:00+05:45'],
    ['UTC', '2026-10-25T00:30:00.000Z', '2026-10-25T00:30:00+00:00'],
    ['Pacific/Kiritimati', '9999-12-31T23:59:59.000Z', '10000-01-01T13:59:59+14:00'],
  ])('in %s at %s has its offset', (zone, moment, expected) => {
    expect(localIso(zone, at(moment))).toBe(expected);
  });
});

describe('the offsets of a period', () => {
  const offsets = (zone: string, from: string, to: string) =>
    offsetsDuring(zone, at(from), at(to)).map((each) => `${each.from.toISOString()} ${each.seconds / 3_600}`);

  it('begin with the period and change when its clocks do', () => {
    expect(offsets('America/New_York', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      '2026-01-01T00:00:00.000Z -5',
      '2026-03-08T07:00:00.000Z -4',
      '2026-11-01T06:00:00.000Z -5',
    ]);
    // Samoa skipped a whole day.
    expect(offsets('Pacific/Apia', '2011-12-01T00:00:00Z', '2012-01-31T00:00:00Z')).toEqual([
      '2011-12-01T00:00:00.000Z -10',
      '2011-12-30T10:00:00.000Z 14',
    ]);
    expect(offsets('Asia/Kathmandu', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toHaveLength(1);
  });

  it('leave out a change at the end of it, and one that comes later', () => {
    const before = '2026-03-01T00:00:00Z';
    expect(offsets('America/New_York', before, '2026-03-08T07:00:00.000Z')).toHaveLength(1);
    expect(offsets('America/New_York', before, '2026-03-08T07:00:00.001Z')).toHaveLength(2);
    expect(offsets('America/New_York', before, before)).toHaveLength(1);
  });

  it('are few, even for an unlimited period', () => {
    const found = offsetsDuring('Europe/Berlin', at('0001-01-01T00:00:00Z'), at('9999-12-31T23:59:59Z'));
    expect(found.length).toBeLessThan(300);
    expect(found[0]).toEqual({ from: at('1970-01-01T00:00:00Z'), seconds: 3_600 });
  });

  it('give what the clock shows, at any moment', () => {
    for (const zone of ['Europe/Berlin', 'America/Vancouver', 'Africa/Casablanca', 'Australia/Lord_Howe']) {
      const found = offsetsDuring(zone, at('2024-01-01T00:00:00Z'), at('2028-01-01T00:00:00Z'));
      for (let ms = Date.UTC(2024, 0); ms < Date.UTC(2028, 0); ms += 11 * 3_600_000) {
        const seconds = found.findLast(({ from }) => from.getTime() <= ms)?.seconds;
        expect({ zone, ms, seconds }).toEqual({ zone, ms, seconds: offsetAt(zone, ms) / 1_000 });
      }
      expect(clockAt(zone, 0)).toMatch(/^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d$/);
    }
  });
});
