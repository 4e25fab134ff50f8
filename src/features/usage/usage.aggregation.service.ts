import type { Database } from '../../platform/db/database';
import type { UsageAggregatesRepository } from './usage.aggregates.repository';
import { addDays, type DayWindow, daysSince, monthOf, startOfHour } from './usage.days';
import type { UsageProgressRepository } from './usage.progress.repository';
import type { UsageState } from './usage.types';

/**
 * A day of the largest district takes a second; work that takes this long is stuck. The pool's own limit is
 * the same.
 */
const DAY_TIMEOUT_MS = 120_000;
/** How many calls a request sums up in about a second. */
const LIVE_CALLS = 100_000;

export interface AggregateDaysInput {
  tenantId: string;
  /** Days that had ended at this moment are aggregated. */
  until: Date;
  /** How many new days are aggregated at most. */
  limit: number;
  /** A day is aggregated when the tenant's clock shows this hour of the next day; by default immediately. */
  fromHour?: number;
  /** Called after each day. It may throw to stop there: finished days stay. */
  onDay?: (day: string) => void;
}

export interface AggregatedDays {
  /** Days that were aggregated for the first time or again. */
  days: number;
  /** Rows that were written or removed. */
  rows: number;
  /** Whether more days are waiting. */
  hasMore: boolean;
}

export interface AggregatedMonths {
  months: number;
  rows: number;
}

export interface UsageAggregationDeps {
  db: Database;
  progress: UsageProgressRepository;
  aggregates: UsageAggregatesRepository;
}

/** Aggregates calls into days, and days into months. Repeating it changes nothing. */
export class UsageAggregation {
  constructor(private readonly deps: UsageAggregationDeps) {}

  /** Returns the next tenants, by id, that have ever used a model. */
  async listTenantIds(after: string | null, limit: number): Promise<string[]> {
    return this.deps.db.onReplica(() => this.deps.progress.listTenantIds(after, limit));
  }

  /**
   * Whether there is more than requests could sum up meanwhile, as after an import, so that it cannot wait
   * for the night.
   * @param calls calls of one tenant
   */
  async cannotWait(calls = LIVE_CALLS): Promise<boolean> {
    return this.deps.progress.hasUntouchedBacklog(calls);
  }

  /** Aggregates the days that have ended since the last one, and again those with late settlements. */
  async aggregateDays({ fromHour = 0, ...input }: AggregateDaysInput): Promise<AggregatedDays> {
    const { tenantId, until, limit, onDay } = input;
    const { progress } = this.deps;
    // First of all: calls that are settled from here on belong to the next time.
    const settledThrough = await progress.visibleThrough();
    const [state] = await progress.states([tenantId]);
    if (state === undefined) return { days: 0, rows: 0, hasMore: false };
    // A replica is asked after that moment was taken, so it has everything older.
    const due = await this.deps.db.onReplica(() => progress.listDueDays(state));
    const isDue = ({ day, endsAt }: DayWindow) =>
      endsAt <= until && startOfHour(state.timeZone, addDays(day, 1), fromHour) <= until;
    const ended = daysSince(state, until).filter(isDue);
    let rows = 0;
    for (const window of due) {
      rows += await this.aggregateAgain(tenantId, window);
      onDay?.(window.day);
    }
    for (const window of ended.slice(0, limit)) {
      rows += await this.aggregateNew({ ...state, settledThrough }, window);
      onDay?.(window.day);
    }
    await progress.advance(tenantId, settledThrough);
    return { days: due.length + Math.min(ended.length, limit), rows, hasMore: ended.length > limit };
  }

  /**
   * Aggregates the months whose days are all aggregated, and again those with a day that changed since.
   * @param fromHour a month is aggregated when the tenant's clock shows this hour of the first day of the
   * next month
   */
  async aggregateMonths(
    tenantId: string,
    onMonth: (month: string) => void = () => {},
    { fromHour = 0, now = new Date() }: { fromHour?: number; now?: Date } = {},
  ): Promise<AggregatedMonths> {
    const { progress, aggregates } = this.deps;
    const [state] = await progress.states([tenantId]);
    const zone = state?.timeZone ?? 'UTC';
    const isDue = (month: string) => startOfHour(zone, monthAfter(month), fromHour) <= now;
    const months = (await aggregates.listDueMonths(tenantId)).filter(isDue);
    let rows = 0;
    for (const month of months) {
      rows += await this.locked(async () => {
        // Otherwise a day could change between its reading and the record that the month is up to date.
        await progress.lock(tenantId);
        return aggregates.writeMonth(tenantId, month);
      });
      onMonth(month);
    }
    return { months: months.length, rows };
  }

  private async aggregateAgain(tenantId: string, window: DayWindow): Promise<number> {
    const { progress, aggregates } = this.deps;
    return this.locked(async () => {
      await progress.lock(tenantId);
      return aggregates.writeDay(tenantId, window);
    });
  }

  private async aggregateNew(
    { tenantId, timeZone, settledThrough }: UsageState,
    window: DayWindow,
  ): Promise<number> {
    const { progress, aggregates } = this.deps;
    return this.locked(async () => {
      // If another process was faster, perhaps with the days of another zone, the next run continues from
      // its result.
      if (!follows(window, await progress.lock(tenantId, settledThrough))) return 0;
      const rows = await aggregates.writeDay(tenantId, window);
      await progress.closeDay(tenantId, timeZone, window);
      return rows;
    });
  }

  /**
   * One transaction per day or month: a reader sees all of it or nothing, and a killed process leaves
   * nothing behind.
   */
  private locked(work: () => Promise<number>): Promise<number> {
    return this.deps.db.transaction(work, { timeoutMs: DAY_TIMEOUT_MS });
  }
}

const monthAfter = (month: string): string => monthOf(addDays(month, 31));

function follows(
  { day, startsAt }: DayWindow,
  { lastDay, closedUntil }: Pick<UsageState, 'lastDay' | 'closedUntil'>,
): boolean {
  if (lastDay === null) return true;
  return addDays(lastDay, 1) === day && closedUntil?.getTime() === startsAt.getTime();
}
