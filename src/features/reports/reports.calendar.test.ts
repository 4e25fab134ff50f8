import { bucketStart, bucketsOf, sumByBucket } from './reports.calendar';

const day = (date: string): Date => new Date(`${date}T00:00:00Z`);
const utc = (from: string, to: string) => ({ from: day(from), to: day(to), timezone: 'UTC' });

describe('the columns of a chart', () => {
  it('are days in a month, weeks in a term, months in a year, years beyond', () => {
    const grainOf = (from: string, to: string) => bucketsOf(utc(from, to), [])[0]?.grain;
    expect(grainOf('2026-09-01', '2026-10-01')).toBe('day');
    expect(grainOf('2026-09-01', '2026-12-20')).toBe('week');
    expect(grainOf('2025-08-01', '2026-08-01')).toBe('month');
    expect(grainOf('2015-08-01', '2026-08-01')).toBe('year');
  });

  it('cover the period without a gap, its last day included and no day more', () => {
    const days = bucketsOf(utc('2026-02-27', '2026-03-03'), []).map(({ start }) => start);
    expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    const months = bucketsOf(utc('2025-11-15', '2026-11-01'), []).map(({ start }) => start);
    expect([months[0], months[1], months[2], months.at(-1), months.length]).toEqual([
      ...['2025-11-01', '2025-12-01', '2026-01-01', '2026-10-01'],
      12,
    ]);
  });

  it('have 30 days in November, though its first has 25 hours', () => {
    const period = {
      from: new Date('2026-11-01T04:00:00Z'),
      to: new Date('2026-12-01T05:00:00Z'),
      timezone: 'America/New_York',
    };
    expect(bucketsOf(period, [])).toHaveLength(30);
  });

  it('begin with the first event if no start is given', () => {
    const period = { from: new Date(0), to: day('2026-10-01'), timezone: 'UTC' };
    const buckets = bucketsOf(period, ['2026-09-20', '2026-09-03']);
    expect(buckets[0]).toEqual({ start: '2026-09-03', grain: 'day' });
    expect(buckets).toHaveLength(28);
  });

  it('begin their weeks on Monday', () => {
    expect(bucketStart('2026-09-06', 'week')).toBe('2026-08-31');
    expect(bucketStart('2026-09-07', 'week')).toBe('2026-09-07');
  });

  it('are one even of an empty period', () => {
    expect(bucketsOf(utc('2026-09-01', '2026-09-01'), [])).toHaveLength(1);
  });
});

describe('sums', () => {
  it('add up the days of each column', () => {
    const buckets = bucketsOf(utc('2025-08-01', '2026-08-01'), []);
    const days = [
      { day: '2025-08-01', n: 1 },
      { day: '2025-08-31', n: 2 },
      { day: '2026-07-31', n: 4 },
      { day: '2020-01-01', n: 99 },
    ];
    const sums = sumByBucket(buckets, days, ({ n }) => n);
    expect([sums[0], sums[11], sums.length]).toEqual([3, 4, 12]);
  });
});
