import type { Principal } from '../../authz/ability';
import { isDatabaseUnavailable } from '../../platform/db/errors';
import type { Clock } from '../../shared/clock';
import { ForbiddenError } from '../../shared/errors';
import type { Page } from '../../shared/pages';
import type { GroupFinder } from '../groups';
import { addDays } from './usage.days';
import { UsageBeingPreparedError, UsageSpanError, UsageTooLargeError } from './usage.errors';
import type { UsageListQuery, UsageReader } from './usage.reader';
import type { UsageDimension, UsageFilter, UsageSummary, UsageSums } from './usage.types';

/** Without dates: the last month. */
const DEFAULT_DAYS = 30;
/** Three years and their leap day, from the sums of months. */
const MAX_DAYS = 1_096;
/** Half a year where each day is wanted: of the largest districts those are a quarter of a million rows. */
const MAX_SINGLE_DAYS = 184;
/** About two megabytes; whoever wants more asks for an export. */
const MAX_TABLE_ROWS = 10_000;

export type UsageQuestion = Pick<UsageFilter, 'classId' | 'toolId' | 'model' | 'role'> & {
  from?: string | undefined;
  to?: string | undefined;
  groupId?: string | undefined;
  groupBy: readonly UsageDimension[];
};

/** What a caller may know about usage: all of the groups they manage. */
export class UsageService {
  constructor(
    private readonly reader: UsageReader,
    private readonly groups: Pick<GroupFinder, 'getFor'>,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of sums, and the sum of all pages.
   * @throws GroupNotFoundError, ForbiddenError, UsageSpanError, UsageBeingPreparedError
   */
  async list(
    principal: Principal,
    question: UsageQuestion,
    page: Pick<UsageListQuery, 'sort' | 'page'>,
  ): Promise<{ page: Page<UsageSummary>; totals: UsageSums }> {
    const filter = await this.filterOf(principal, question);
    return this.summed(filter, this.reader.list({ filter, groupBy: question.groupBy, ...page }));
  }

  /** All sums at once. @throws as `list`, and UsageTooLargeError */
  async table(principal: Principal, question: UsageQuestion): Promise<UsageSummary[]> {
    const filter = await this.filterOf(principal, question);
    const rows = await this.summed(
      filter,
      this.reader.summarize({ filter, groupBy: question.groupBy }, MAX_TABLE_ROWS + 1),
    );
    if (rows.length > MAX_TABLE_ROWS) throw new UsageTooLargeError(MAX_TABLE_ROWS);
    return rows;
  }

  /** What takes longer than a request may, while days wait to be aggregated, is no outage of the database. */
  private async summed<T>(filter: UsageFilter, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      const daysLeft = await this.reader.countWaitingDays(filter);
      throw daysLeft === 0 ? error : new UsageBeingPreparedError(daysLeft);
    }
  }

  private async filterOf(
    principal: Principal,
    { groupId, groupBy, classId, toolId, model, role, ...dates }: UsageQuestion,
  ) {
    const scope = await this.scopeOf(principal, groupId);
    // Somewhere it is tomorrow already.
    const to = dates.to ?? addDays(this.clock.now().toISOString().slice(0, 10), 1);
    const from = dates.from ?? addDays(to, -DEFAULT_DAYS);
    const maxDays = groupBy.includes('day') ? MAX_SINGLE_DAYS : MAX_DAYS;
    if (from > to || addDays(from, maxDays) < to) throw new UsageSpanError(maxDays, groupBy.includes('day'));
    return { ...scope, from, to, classId, toolId, model, role };
  }

  private async scopeOf(
    principal: Principal,
    groupId: string | undefined,
  ): Promise<Pick<UsageFilter, 'tenantIds' | 'groupPaths'>> {
    if (groupId !== undefined) {
      const group = await this.groups.getFor(principal, groupId, 'usage.read');
      // Every row of a tenant is of its root or of a group below.
      const isRoot = group.id === group.tenantId;
      return { tenantIds: [group.tenantId], groupPaths: isRoot ? null : [group.path] };
    }
    if (principal.isPlatformAdmin) return { tenantIds: null, groupPaths: null };
    const { tenantId, access } = principal;
    if (tenantId === null || access.adminPaths.length === 0)
      throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action: 'usage.read' });
    return { tenantIds: [tenantId], groupPaths: access.adminPaths };
  }
}
