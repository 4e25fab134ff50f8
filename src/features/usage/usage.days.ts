import { clockAt, dayAt } from '../../shared/local-time';

/** A day of a tenant as a half-open time span. */
export interface DayWindow {
  /** Such as `2026-03-29`. */
  day: string;
  startsAt: Date;
  endsAt: Date;
}

const QUARTER_HOUR_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
/** The largest offsets ahead of UTC and behind it, with an hour to spare. */
const AHEAD_MS = 15 * HOUR_MS;
const BEHIND_MS = 13 * HOUR_MS;

/** The day this many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The first day of the day's month. */
export const monthOf = (day: string): string => `${day.slice(0, 8)}01`;

/**
 * The first moment at which a clock in this zone shows this day or a later one. Days begin and clocks
 * change at quarters of an hour everywhere, so checking those finds it, even if midnight comes twice (the
 * first one counts) or is skipped, or a whole day is.
 */
export function startOfDay(timeZone: string, day: string): Date {
  const midnight = Date.parse(day);
  for (let at = midnight - AHEAD_MS; at < midnight + BEHIND_MS; at += QUARTER_HOUR_MS)
    if (dayAt(timeZone, at) >= day) return new Date(at);
  throw new Error(`${day} does not begin in ${timeZone}`);
}

/**
 * The first moment at which a clock in this zone shows this full hour of this day, or anything later, even
 * if the clocks skip that hour or show it twice.
 */
export function startOfHour(timeZone: string, day: string, hour: number): Date {
  const wanted = `${day} ${String(hour).padStart(2, '0')}:00`;
  let at = startOfDay(timeZone, day).getTime();
  while (clockAt(timeZone, at) < wanted) at += QUARTER_HOUR_MS;
  return new Date(at);
}

/** The last aggregated day, and what is known about the next ones. */
export interface DaysSoFar {
  timeZone: string;
  lastDay: string | null;
  closedUntil: Date | null;
  firstCallAt: Date | null;
}

/**
 * The days after the aggregated ones, up to and including the current one. Each begins where the previous
 * one ended, even if the zone has changed in between: the first day after a change is then longer or
 * shorter (at worst empty), and every moment is in exactly one day.
 */
export function daysSince(
  { timeZone, lastDay, closedUntil, firstCallAt }: DaysSoFar,
  now: Date,
): DayWindow[] {
  if (lastDay === null && firstCallAt === null) return [];
  const windows: DayWindow[] = [];
  let day = lastDay === null ? dayAt(timeZone, firstCallAt as Date) : addDays(lastDay, 1);
  let startsAt = closedUntil ?? startOfDay(timeZone, day);
  for (;;) {
    const next = addDays(day, 1);
    const endsAt = new Date(Math.max(startOfDay(timeZone, next).getTime(), startsAt.getTime()));
    windows.push({ day, startsAt, endsAt });
    if (endsAt > now) return windows;
    [day, startsAt] = [next, endsAt];
  }
}
