import type { Bucket } from './reports.calendar';
import type { Period } from './reports.types';

const MICROS = 1_000_000;
const DEFAULT_LOCALE = 'en';

/** The locale of a tag; English for an unknown one. Pure. */
export function localeOf(tag: string): Intl.Locale {
  try {
    return new Intl.Locale(tag);
  } catch {
    return new Intl.Locale(DEFAULT_LOCALE);
  }
}

/** Formats numbers and moments for a locale, moments in the school's time zone. */
export class ReportFormat {
  private readonly tag: string;
  private readonly collator: Intl.Collator;

  constructor(
    readonly locale: Intl.Locale,
    private readonly period: Period,
    /** The ISO 4217 code of the currency of costs. */
    readonly currency: string,
  ) {
    this.tag = locale.toString();
    this.collator = new Intl.Collator(this.tag, { numeric: true });
  }

  readonly count = (value: number): string => this.number(value, { maximumFractionDigits: 0 });
  /** `1.2M` */
  readonly compact = (value: number): string =>
    this.number(value, { notation: 'compact', maximumFractionDigits: 1 });
  /** Formats a number between 0 and 100. */
  readonly percent = (value: number | null): string =>
    value === null ? '–' : this.number(value / 100, { style: 'percent', maximumFractionDigits: 0 });
  /** The share of a whole; a dash if the whole is zero. */
  readonly share = (part: number, whole: number): string =>
    whole === 0 ? '–' : this.percent((part / whole) * 100);
  /** Small costs keep the digits that distinguish them from zero. */
  readonly cost = (micros: number): string => this.costs(micros)(micros);
  /** One format for costs up to this one, so that they align digit by digit. */
  readonly costs = (highestMicros: number): ((micros: number) => string) => {
    const highest = highestMicros / MICROS;
    const digits = highest === 0 || highest >= 10 ? 2 : highest >= 0.1 ? 3 : highest >= 0.001 ? 4 : 6;
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return (micros) => this.number(micros / MICROS, options);
  };
  readonly costTick = (micros: number): string =>
    this.number(micros / MICROS, { notation: 'compact', maximumSignificantDigits: 3 });
  readonly score = (value: number): string => this.number(value, { maximumFractionDigits: 2 });

  date(moment: Date | number | null): string {
    return moment === null ? '–' : this.moment(moment, { dateStyle: 'medium' });
  }

  dateTime(moment: Date | number | null): string {
    return moment === null ? '–' : this.moment(moment, { dateStyle: 'medium', timeStyle: 'short' });
  }

  /** The first and the last day of the period. */
  get periodText(): string {
    const { from, to, timezone } = this.period;
    const last = new Date(Math.max(to.getTime() - 1, from.getTime()));
    return new Intl.DateTimeFormat(this.tag, { dateStyle: 'long', timeZone: timezone }).formatRange(
      from,
      last,
    );
  }

  /** The label of a chart's column. */
  bucket({ start, grain }: Bucket): string {
    const options: Intl.DateTimeFormatOptions =
      grain === 'year'
        ? { year: 'numeric' }
        : grain === 'month'
          ? { month: 'short', year: '2-digit' }
          : { day: 'numeric', month: 'short' };
    return new Intl.DateTimeFormat(this.tag, { ...options, timeZone: 'UTC' }).format(
      new Date(`${start}T00:00:00Z`),
    );
  }

  /** Sorts things as a dictionary of the language does; those with the same name by their id. */
  sorted<T>(items: readonly T[], nameOf: (item: T) => string, idOf: (item: T) => string): T[] {
    return [...items].sort(
      (a, b) => this.collator.compare(nameOf(a), nameOf(b)) || (idOf(a) < idOf(b) ? -1 : 1),
    );
  }

  private number(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.tag, options).format(value);
  }

  private moment(moment: Date | number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.tag, { ...options, timeZone: this.period.timezone }).format(moment);
  }
}
