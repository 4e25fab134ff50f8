/** The school's time zone: the district's setting, and the zone of all dates in the demo. */
export const TIME_ZONE = 'America/Chicago';

/** A moment of a school day. The end of the day three school days ago is `{ day: -3, at: '23:59' }`. */
export interface SchoolMoment {
  /** School days (Monday to Friday) counted from today; negative numbers are in the past. */
  day: number;
  /** Hours and minutes on the school's clock. */
  at: string;
}

const DAY_MS = 86_400_000;

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: TIME_ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** What a clock in the school shows at this moment, written as if it were UTC. */
function wallClock(moment: number): number {
  const shown = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second } = shown;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The moment at which a clock in the school shows this time. */
function momentOf(shown: number): number {
  const guess = shown - (wallClock(shown) - shown);
  // Corrected once more, because the first guess may lie on the other side of a daylight-saving change.
  return guess - (wallClock(guess) - shown);
}

function isWeekend(day: number): boolean {
  return [0, 6].includes(new Date(day).getUTCDay());
}

/**
 * The school days around the day of seeding, so that some work is always overdue, some open and some due
 * soon.
 */
export class SchoolCalendar {
  private readonly today: number;

  constructor(readonly now: Date) {
    this.today = Math.floor(wallClock(now.getTime()) / DAY_MS) * DAY_MS;
  }

  date({ day, at }: SchoolMoment): Date {
    const [hours = 0, minutes = 0] = at.split(':').map(Number);
    return new Date(momentOf(this.dayAt(day) + (hours * 60 + minutes) * 60_000));
  }

  /**
   * Midnight of the school day that is `offset` school days from today. 0 is today itself, even at a
   * weekend.
   */
  private dayAt(offset: number): number {
    let day = this.today;
    for (let left = Math.abs(offset); left > 0; ) {
      day += Math.sign(offset) * DAY_MS;
      if (!isWeekend(day)) left -= 1;
    }
    return day;
  }
}
