import { dayAt } from '../../shared/local-time';
import type { Period } from './reports.types';

export type Grain = 'day' | 'week' | 'month' | 'year';

/** The longest period with a column for each day: two months; longer ones show weeks. */
const MAX_DAYS = 62;
/** The longest period with weeks: half a year; longer ones show months. */
const MAX_DAYS_OF_WEEKS = 190;
/** The longest period with months: four years; longer ones show years. */
const MAX_DAYS_OF_MONTHS = 1_465;
const DAY_MS = 86_400_000;

/** One column of a chart, by its first day. */
export interface Bucket {
  start: string;
  grain: Grain;
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS;
const dayOf = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** The first day of the bucket to which a day belongs; weeks begin on Monday (ISO 8601). Pure. */
export function bucketStart(day: string, grain: Grain): string {
  if (grain === 'day') return day;
  if (grain === 'month') return `${day.slice(0, 7)}-01`;
  if (grain === 'year') return `${day.slice(0, 4)}-01-01`;
  const number = dayNumber(day);
  // 1 January 1970 was a Thursday.
  return dayOf(number - ((number + 3) % 7));
}

function nextStart(start: string, grain: Grain): string {
  if (grain === 'day') return dayOf(dayNumber(start) + 1);
  if (grain === 'week') return dayOf(dayNumber(start) + 7);
  const [year, month] = start.split('-').map(Number) as [number, number];
  const next = grain === 'year' ? [year + 1, 1] : [month === 12 ? year + 1 : year, (month % 12) + 1];
  return `${String(next[0]).padStart(4, '0')}-${String(next[1]).padStart(2, '0')}-01`;
}

/**
 * The columns for a period: days, weeks, months or years, as many as are readable. A period that begins
 * long before the first event is shown from that event on. Pure.
 * @param days with something to show
 */
export function bucketsOf({ from, to, timezone }: Period, days: readonly string[]): Bucket[] {
  const earliest = [...days].sort((a, b) => (a < b ? -1 : 1))[0] ?? null;
  const begin = dayAt(timezone, from);
  const last = dayAt(timezone, Math.max(to.getTime() - 1, from.getTime()));
  const isVeryLong = dayNumber(last) - dayNumber(begin) > MAX_DAYS_OF_MONTHS;
  const first = isVeryLong && earliest !== null && earliest > begin ? earliest : begin;
  const length = dayNumber(last) - dayNumber(first) + 1;
  const grain: Grain =
    length <= MAX_DAYS
      ? 'day'
      : length <= MAX_DAYS_OF_WEEKS
        ? 'week'
        : length <= MAX_DAYS_OF_MONTHS
          ? 'month'
          : 'year';
  const buckets: Bucket[] = [];
  for (let start = bucketStart(first, grain); start <= last; start = nextStart(start, grain))
    buckets.push({ start, grain });
  return buckets;
}

/** The sum of a value over the days of each bucket. Pure. */
export function sumByBucket<D extends { day: string }>(
  buckets: readonly Bucket[],
  days: readonly D[],
  amount: (day: D) => number,
): number[] {
  const sums = new Map(buckets.map(({ start }) => [start, 0]));
  for (const each of days) {
    const start = bucketStart(each.day, buckets[0]?.grain ?? 'day');
    // A day outside of the period can only come from a change of the zone between two reads of it.
    if (sums.has(start)) sums.set(start, (sums.get(start) as number) + amount(each));
  }
  return [...sums.values()];
}
