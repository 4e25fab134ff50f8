import { clockAt, offsetAt } from '../../../shared/local-time';
import type { QuietHours } from '../notifications.types';

/** After school, before the evening. */
const DIGEST_MINUTE = 17 * 60;
const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

interface LocalTime {
  year: number;
  month: number;
  day: number;
  /** Minutes after midnight. */
  minute: number;
}

/** What clocks in the zone show at this moment. */
function localTime(at: Date, zone: string): LocalTime {
  const parts = clockAt(zone, at).split(/[- :]/).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts;
  return { year, month, day, minute: hour * 60 + minute };
}

/**
 * The moment at which clocks show this time. If they skip it (the start of daylight-saving time), it is the
 * moment that many minutes after midnight; if they show it twice (the end), it is the first.
 */
function momentOf({ year, month, day, minute }: LocalTime, zone: string): Date {
  const asUtc = Date.UTC(year, month - 1, day, 0, minute);
  const before = offsetAt(zone, asUtc - DAY_MINUTES * MINUTE_MS);
  const after = offsetAt(zone, asUtc + DAY_MINUTES * MINUTE_MS);
  const candidates = [before, after].map((offset) => asUtc - offset);
  const shown = candidates.find((ms) => offsetAt(zone, ms) === asUtc - ms);
  return new Date(shown ?? asUtc - before);
}

function next(now: Date, minute: number, zone: string): Date {
  const today = localTime(now, zone);
  const first = momentOf({ ...today, minute }, zone);
  return first > now ? first : momentOf({ ...today, day: today.day + 1, minute }, zone);
}

/** Whether the local time is within the quiet hours, whose end is exclusive. */
function isQuiet(now: Date, { from, until }: QuietHours, zone: string): boolean {
  const { minute } = localTime(now, zone);
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** When the quiet hours around this moment end; null outside of them. Pure. */
export function endOfQuiet(now: Date, hours: QuietHours | null, zone: string): Date | null {
  if (hours === null || !isQuiet(now, hours, zone)) return null;
  return next(now, hours.until, zone);
}

/** When the next daily mail is due. Pure. */
export function nextDigest(now: Date, zone: string): Date {
  return next(now, DIGEST_MINUTE, zone);
}

/** Formats minutes after midnight as `HH:MM`. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Parses `HH:MM` into minutes after midnight. */
export function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}
