import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import type { Page } from '../../shared/pages';
import type { UsageSources } from './usage.current.rows';
import { daysSince } from './usage.days';
import type { UsageProgressRepository } from './usage.progress.repository';
import type { SummaryQuery, UsageReadModel } from './usage.read-model';
import type { AggregatedFilter, UsageFilter, UsageRow, UsageSummary, UsageSums } from './usage.types';

export type UsageListQuery = Parameters<UsageReadModel['list']>[1];

/**
 * Usage for other features and for the API, aggregated or not: what it answers are the sums of `ai_calls` as they are
 * now. What one answer is made of is read in one place, replica or primary. It decides nothing about who may know; callers bound the filter by what they have checked.
 */
export class UsageReader {
  constructor(
    private readonly db: Pick<Database, 'onReplica'>,
    private readonly progress: UsageProgressRepository,
    private readonly readModel: UsageReadModel,
    private readonly clock: Clock,
  ) {}

  /** All of it in one sum. */
  async totals(filter: UsageFilter): Promise<UsageSums> {
    return this.db.onReplica(async () => this.readModel.totals(await this.sourcesOf(filter), filter));
  }

  /** Sums by these dimensions, in reading order; at most `limit` of them. */
  async summarize(query: SummaryQuery, limit: number): Promise<UsageSummary[]> {
    return this.db.onReplica(async () =>
      this.readModel.summarize(await this.sourcesOf(query.filter), query, limit),
    );
  }

  /** A page of sums, and the sum of all pages. */
  async list(query: UsageListQuery): Promise<{ page: Page<UsageSummary>; totals: UsageSums }> {
    // Side by side, each on a connection of its own.
    const [page, totals] = await Promise.all([
      this.db.onReplica(async () => this.readModel.list(await this.sourcesOf(query.filter), query)),
      this.totals(query.filter),
    ]);
    return { page, totals };
  }

  /**
   * Rows by day and combination, for whoever wants them all: ordered by day and id, `limit` at a time, each call from
   * behind the last row of the one before. An id stays the same when its day is aggregated meanwhile.
   */
  async rowsAfter(
    filter: AggregatedFilter,
    after: { day: string; id: string } | null,
    limit: number,
  ): Promise<UsageRow[]> {
    const rest = after === null || after.day < filter.from ? filter : { ...filter, from: after.day };
    return this.db.onReplica(async () =>
      this.readModel.rowsAfter(await this.sourcesOf(rest), rest, after, limit),
    );
  }

  /** Days that have ended and are not aggregated yet: of one tenant, however often they are asked for. */
  async countWaitingDays({ tenantIds }: Pick<UsageFilter, 'tenantIds'>): Promise<number> {
    const now = this.clock.now();
    const waiting = (await this.progress.states(tenantIds)).map(
      (state) => daysSince(state, now).filter(({ endsAt }) => endsAt <= now).length,
    );
    // Last night's run may be just about to come: one day is what requests sum up every morning.
    return Math.max(0, ...waiting.map((days) => (days > 1 ? days : 0)));
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
