import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import type { Page } from '../../shared/pages';
import type { UsageSources } from './usage.current.sql';
import { addDays, daysSince } from './usage.days';
import type { UsageProgressRepository } from './usage.progress.repository';
import type { SummaryQuery, UsageListQuery, UsageReadModel } from './usage.read-model';
import type {
  AggregatedFilter,
  UsageFilter,
  UsageKey,
  UsagePage,
  UsageSummary,
  UsageSums,
} from './usage.types';

/** Sorts after every row of a day. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Usage for other features and for the API. Its answers are the sums of `ai_calls` as they are now,
 * aggregated or not. All parts of an answer are read in one place, replica or primary. It checks no
 * permissions: callers limit the filter to what they have checked.
 */
export class UsageReader {
  constructor(
    private readonly db: Pick<Database, 'onReplica'>,
    private readonly progress: UsageProgressRepository,
    private readonly readModel: UsageReadModel,
    private readonly clock: Clock,
  ) {}

  /** Returns the sum of everything. */
  async totals(filter: UsageFilter): Promise<UsageSums> {
    return this.db.onReplica(async () => this.readModel.totals(await this.sourcesOf(filter), filter));
  }

  /** Returns sums by these dimensions, in reading order, at most `limit` of them. */
  async summarize(query: SummaryQuery, limit: number): Promise<UsageSummary[]> {
    return this.db.onReplica(async () =>
      this.readModel.summarize(await this.sourcesOf(query.filter), query, limit),
    );
  }

  /** Returns a page of sums, and the sum of all pages. */
  async list(query: UsageListQuery): Promise<{ page: Page<UsageSummary>; totals: UsageSums }> {
    // In parallel, each on its own connection.
    const [page, totals] = await Promise.all([
      this.db.onReplica(async () => this.readModel.list(await this.sourcesOf(query.filter), query)),
      this.totals(query.filter),
    ]);
    return { page, totals };
  }

  /**
   * Returns the rows of a tenant by day and combination, in the order of day and id, each page starting
   * after the previous one. The cost of a page depends on its rows, or on the calls of the one day that it
   * computes again, not on the remaining days. An id stays the same when its day is aggregated meanwhile.
   */
  async rowsAfter(
    tenantId: string,
    filter: Omit<AggregatedFilter, 'tenantIds'>,
    after: UsageKey | null,
    limit: number,
  ): Promise<UsagePage> {
    const from = after === null || after.day < filter.from ? filter.from : after.day;
    const rest = { ...filter, from, tenantIds: [tenantId] };
    return this.db.onReplica(async () => {
      const sources = await this.sourcesOf(rest);
      const next = await this.nextCountedDay(sources, rest, after);
      const to = next === undefined ? rest.to : addDays(next, -1);
      const stored = await this.readModel.storedAfter(tenantId, { ...rest, to }, after, limit);
      if (stored.last !== null)
        return { rows: stored.rows, after: stored.last, isLast: stored.isLast && next === undefined };
      if (next === undefined) return { rows: [], after, isLast: true };
      const rows = await this.readModel.rowsOfDay(sources, rest, next);
      const missing = after?.day === next ? rows.filter(({ id }) => id > after.id) : rows;
      const page = missing.slice(0, limit);
      const last = page.length < missing.length ? page.at(-1) : undefined;
      return { rows: page, after: { day: next, id: last?.id ?? LAST_ID }, isLast: false };
    });
  }

  /** Counts the ended days that are not aggregated yet: those of the tenant with the most. */
  async countWaitingDays({ tenantIds }: Pick<UsageFilter, 'tenantIds'>): Promise<number> {
    const now = this.clock.now();
    const waiting = (await this.progress.states(tenantIds)).map(
      (state) => daysSince(state, now).filter(({ endsAt }) => endsAt <= now).length,
    );
    // Last night's run may still be coming, and requests sum up one day every morning.
    return Math.max(0, ...waiting.map((days) => (days > 1 ? days : 0)));
  }

  /** Finds the next day whose rows are not stored, or no longer valid. */
  private async nextCountedDay(
    { states, openDays }: UsageSources,
    { from, to }: UsageFilter,
    after: UsageKey | null,
  ): Promise<string | undefined> {
    const aggregated = states.filter(({ lastDay }) => lastDay !== null);
    const due = await Promise.all(aggregated.map((state) => this.progress.listDueDays(state)));
    const isLeft = (day: string) => day >= from && day <= to && !(day === after?.day && after.id === LAST_ID);
    const days = [...due.flat(), ...openDays].map(({ day }) => day).filter(isLeft);
    return days.toSorted()[0];
  }

  private async sourcesOf({ tenantIds, from, to }: UsageFilter): Promise<UsageSources> {
    const states = await this.progress.states(tenantIds);
    const now = this.clock.now();
    const openDays = states.flatMap((state) =>
      daysSince(state, now)
        .filter(({ day }) => day >= from && day <= to)
        .map((window) => ({ tenantId: state.tenantId, ...window })),
    );
    return { states, openDays };
  }
}
