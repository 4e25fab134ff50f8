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
  /** After midnight. */
  minute: number;
}

/** What the clocks show in the zone at this moment. */
function localTime(at: Date, zone: string): LocalTime {
  const parts = clockAt(zone, at).split(/[- :]/).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts;
  return { year, month, day, minute: hour * 60 + minute };
}

/**
 * The moment at which the clocks show this. Where summer time begins they skip it: then the moment as long after
 * midnight as was meant; where it ends they show it twice: then the first.
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

/** Whether the clocks stand within the quiet hours. The end is no part of them. */
function isQuiet(now: Date, { from, until }: QuietHours, zone: string): boolean {
  const { minute } = localTime(now, zone);
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** When the quiet hours around this moment end; null outside of them. Pure. */
export function endOfQuiet(now: Date, hours: QuietHours | null, zone: string): Date | null {
  if (hours === null || !isQuiet(now, hours, zone)) return null;
  return next(now, hours.until, zone);
}

/** When the next mail of the day is due. Pure. */
export function nextDigest(now: Date, zone: string): Date {
  return next(now, DIGEST_MINUTE, zone);
}

/** `HH:MM` of minutes after midnight. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Minutes after midnight of `HH:MM`. */
export function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}
