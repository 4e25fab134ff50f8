import { clockText, endOfQuiet, minuteOf, nextDigest } from './notifications.time';

const NIGHT = { from: minuteOf('21:00'), until: minuteOf('07:00') };
const end = (now: string, zone: string, hours = NIGHT) =>
  endOfQuiet(new Date(now), hours, zone)?.toISOString() ?? null;

describe('quiet hours', () => {
  it('end in the morning of the zone, over midnight', () => {
    expect(end('2026-01-15T20:30:00Z', 'Europe/Berlin')).toBe('2026-01-16T06:00:00.000Z');
    expect(end('2026-01-16T02:00:00Z', 'Europe/Berlin')).toBe('2026-01-16T06:00:00.000Z');
    expect(end('2026-01-16T04:30:00Z', 'America/New_York')).toBe('2026-01-16T12:00:00.000Z');
  });

  it('are not at other times, nor in their last moment', () => {
    expect(end('2026-01-15T12:00:00Z', 'Europe/Berlin')).toBeNull();
    expect(end('2026-01-16T06:00:00Z', 'Europe/Berlin')).toBeNull();
    expect(endOfQuiet(new Date(), null, 'UTC')).toBeNull();
  });

  it('end within one day', () => {
    const lunch = { from: minuteOf('12:00'), until: minuteOf('13:30') };
    expect(end('2026-01-15T12:00:00Z', 'UTC', lunch)).toBe('2026-01-15T13:30:00.000Z');
    expect(end('2026-01-15T13:30:00Z', 'UTC', lunch)).toBeNull();
    expect(end('2026-01-15T11:59:59Z', 'UTC', lunch)).toBeNull();
  });

  it('end an hour earlier or later if the clocks change in that night', () => {
    expect(end('2026-03-28T21:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z');
    expect(end('2026-10-24T21:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z');
    expect(end('2026-03-08T04:00:00Z', 'America/New_York')).toBe('2026-03-08T11:00:00.000Z');
  });

  it('keep their length if the clocks skip their end, and end at the first time if they show it twice', () => {
    const early = { from: minuteOf('22:00'), until: minuteOf('02:30') };
    expect(end('2026-03-28T22:00:00Z', 'Europe/Berlin', early)).toBe('2026-03-29T01:30:00.000Z');
    expect(end('2026-10-24T21:00:00Z', 'Europe/Berlin', early)).toBe('2026-10-25T00:30:00.000Z');
  });

  it('follow zones with odd offsets', () => {
    expect(end('2026-01-15T16:00:00Z', 'Asia/Kathmandu')).toBe('2026-01-16T01:15:00.000Z');
  });
});

describe('the mail of the day', () => {
  it('goes out at five in the afternoon, today or tomorrow', () => {
    expect(nextDigest(new Date('2026-01-15T10:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-01-15T16:00:00.000Z',
    );
    expect(nextDigest(new Date('2026-01-15T16:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-01-16T16:00:00.000Z',
    );
    expect(nextDigest(new Date('2026-03-28T18:00:00Z'), 'Europe/Berlin').toISOString()).toBe(
      '2026-03-29T15:00:00.000Z',
    );
    expect(nextDigest(new Date('2026-12-31T23:00:00Z'), 'UTC').toISOString()).toBe(
      '2027-01-01T17:00:00.000Z',
    );
  });
});

it('times of day are written as clocks show them', () => {
  expect(clockText(minuteOf('07:05'))).toBe('07:05');
  expect(minuteOf('23:59')).toBe(1439);
});
