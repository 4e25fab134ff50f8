/*
 * What clocks show in a time zone. Node's time zone database always decides: SQL gets moments and offsets,
 * because PostgreSQL's database may be of another release.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
/** The database has no rows outside of these years, and earlier clocks differed by seconds. */
const FIRST_MS = Date.UTC(1970, 0);
const LAST_MS = Date.UTC(2100, 0);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns what a clock in this zone shows at this moment: `2026-03-29 02:00:00`. */
export function clockAt(timeZone: string, moment: Date | number): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish, because its date format is that of ISO 8601.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(moment);
}

/** Returns the day that a clock in this zone shows at this moment: `2026-03-29`. */
export const dayAt = (timeZone: string, moment: Date | number): string =>
  clockAt(timeZone, moment).split(' ')[0] as string;

/** Returns how far a clock in this zone is ahead of UTC at this moment, in milliseconds. */
export function offsetAt(timeZone: string, moment: Date | number): number {
  const [year, month, day, hour, minute, second] = clockAt(timeZone, moment).split(/[- :]/).map(Number);
  const shown = Date.UTC(year as number, (month as number) - 1, day, hour, minute, second);
  return shown - Math.floor(Number(moment) / SECOND_MS) * SECOND_MS;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/**
 * Returns ISO 8601 with the offset of that moment: `2026-10-25T02:30:00+01:00`. The offset is needed
 * because an hour occurs twice when clocks are put back.
 */
export function localIso(timeZone: string, moment: Date): string {
  const minutes = Math.trunc(offsetAt(timeZone, moment) / MINUTE_MS);
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const clock = clockAt(timeZone, moment).replace(' ', 'T');
  return `${clock}${minutes < 0 ? '-' : '+'}${twoDigits(hour)}:${twoDigits(minute)}`;
}

const monthFormat = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });

/** Returns a moment as messages name it: `3 May 2026 at 17:00 (America/Chicago)`. */
export function momentInWords(timeZone: string, moment: Date): string {
  const [year, month, day, hour, minute] = clockAt(timeZone, moment).split(/[- :]/);
  const monthName = monthFormat.format(Date.UTC(Number(year), Number(month) - 1));
  return `${Number(day)} ${monthName} ${year} at ${hour}:${minute} (${timeZone})`;
}

/** An offset, and the moment from which it holds. */
export interface Offset {
  from: Date;
  seconds: number;
}

/**
 * Returns the offsets of a zone in a period, in order; the first one also holds before the period. Two
 * changes within a week back to the same offset would be missed; there are none.
 */
export function offsetsDuring(timeZone: string, from: Date, to: Date): Offset[] {
  let at = Math.min(Math.max(from.getTime(), FIRST_MS), LAST_MS);
  const end = Math.min(to.getTime(), LAST_MS);
  let offset = offsetAt(timeZone, at);
  const found: Offset[] = [{ from: new Date(at), seconds: offset / SECOND_MS }];
  while (at < end) {
    const next = at + WEEK_MS;
    if (offsetAt(timeZone, next) === offset) at = next;
    else {
      at = changeBetween(timeZone, at, next);
      offset = offsetAt(timeZone, at);
      if (at < end) found.push({ from: new Date(at), seconds: offset / SECOND_MS });
    }
  }
  return found;
}

/** Finds the first moment after `before` with another offset; at `after` the offset is another one. */
function changeBetween(timeZone: string, before: number, after: number): number {
  const offset = offsetAt(timeZone, before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}
