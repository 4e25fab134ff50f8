import { assertInScope, type Principal } from '../../authz/ability';
import { includesRoot, readingRoleIn } from '../../authz/access';
import type { Action } from '../../authz/actions';
import type { PersonNames } from '../../authz/names';
import { isDatabaseUnavailable } from '../../platform/db/errors';
import type { Clock } from '../../shared/clock';
import { ForbiddenError } from '../../shared/errors';
import type { ListOrder, Page } from '../../shared/pages';
import type { GroupFinder } from '../groups';
import { addDays } from './usage.days';
import {
  TooManyCallsError,
  UsageBeingPreparedError,
  UsageSpanError,
  UsageTooLargeError,
} from './usage.errors';
import type { UsageReader } from './usage.reader';
import type { NamedUsageSummary, UsageDimension, UsageFilter, UsageSummary, UsageSums } from './usage.types';

/** The default: the last month. */
const DEFAULT_DAYS = 30;
/** Three years and their leap day, from the sums of months. */
const MAX_DAYS = 1_096;
/**
 * Half a year if each day is wanted: in the largest districts those are a quarter of a million rows. Also
 * for single people, because each of their calls is read.
 */
const MAX_SINGLE_DAYS = 184;
/** About two megabytes; for more, create an export. */
const MAX_TABLE_ROWS = 10_000;

export type UsageQuestion = Pick<UsageFilter, 'classId' | 'toolId' | 'model' | 'role' | 'userId'> & {
  from?: string | undefined;
  to?: string | undefined;
  groupId?: string | undefined;
  groupBy: readonly UsageDimension[];
};

export interface UsageServiceDeps {
  reader: UsageReader;
  groups: Pick<GroupFinder, 'getFor'>;
  classes: { getClass(principal: Principal, id: string, action: Action): Promise<{ tenantId: string }> };
  people: PersonNames & { get(principal: Principal, userId: string): Promise<unknown> };
  clock: Clock;
}

/** Whether it concerns single people, whom aggregates do not contain. */
const isAboutPeople = ({ userId, groupBy }: UsageQuestion): boolean =>
  userId !== undefined || groupBy.includes('user');

/**
 * Answers questions about usage: for the groups that the caller manages, and for the classes that they
 * teach.
 */
export class UsageService {
  constructor(private readonly deps: UsageServiceDeps) {}

  /**
   * Returns a page of sums, and the sum of all pages.
   * @throws GroupNotFoundError, ClassNotFoundError, UserNotFoundError, ForbiddenError, UsageSpanError,
   * UsageBeingPreparedError, TooManyCallsError
   */
  async list(
    principal: Principal,
    question: UsageQuestion,
    order: ListOrder,
  ): Promise<{ page: Page<NamedUsageSummary>; totals: UsageSums }> {
    const filter = await this.filterOf(principal, question);
    const { reader } = this.deps;
    const found = await this.summed(
      question,
      filter,
      reader.list({ filter, groupBy: question.groupBy, ...order }),
    );
    return { ...found, page: { ...found.page, items: await this.named(principal, found.page.items) } };
  }

  /** Returns all sums at once. @throws what `list` throws, and UsageTooLargeError */
  async table(principal: Principal, question: UsageQuestion): Promise<NamedUsageSummary[]> {
    const filter = await this.filterOf(principal, question);
    const rows = await this.summed(
      question,
      filter,
      this.deps.reader.summarize({ filter, groupBy: question.groupBy }, MAX_TABLE_ROWS + 1),
    );
    if (rows.length > MAX_TABLE_ROWS) throw new UsageTooLargeError(MAX_TABLE_ROWS);
    return this.named(principal, rows);
  }

  /** Adds the names of people, as far as the caller may read each of them. */
  private async named(principal: Principal, items: readonly UsageSummary[]): Promise<NamedUsageSummary[]> {
    const ids = new Set(items.flatMap(({ userId }) => (userId === null ? [] : [userId])));
    const names = await this.deps.people.namesFor(principal, [...ids]);
    return items.map((item) => ({
      ...item,
      userName: item.userId === null ? null : (names.get(item.userId) ?? null),
    }));
  }

  /** A question that takes too long while days wait to be aggregated is no outage of the database. */
  private async summed<T>(question: UsageQuestion, filter: UsageFilter, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      const daysLeft = await this.deps.reader.countWaitingDays(filter);
      // The database has just answered: the statement simply took too long.
      if (isAboutPeople(question)) throw new TooManyCallsError();
      throw daysLeft === 0 ? error : new UsageBeingPreparedError(daysLeft);
    }
  }

  private async filterOf(principal: Principal, question: UsageQuestion): Promise<UsageFilter> {
    const { groupBy, classId, toolId, model, role, userId, ...dates } = question;
    const scope = await this.scopeOf(principal, question);
    if (userId !== undefined) {
      assertInScope(principal, 'user.read');
      await this.deps.people.get(principal, userId);
    }
    // In some time zone it is already tomorrow.
    const to = dates.to ?? addDays(this.deps.clock.now().toISOString().slice(0, 10), 1);
    const from = dates.from ?? addDays(to, -DEFAULT_DAYS);
    const because = isAboutPeople(question) ? 'user' : groupBy.includes('day') ? 'day' : null;
    const maxDays = because === null ? MAX_DAYS : MAX_SINGLE_DAYS;
    if (from > to || addDays(from, maxDays) < to) throw new UsageSpanError(maxDays, because);
    return { ...scope, from, to, classId, toolId, model, role, userId };
  }

  private async scopeOf(
    principal: Principal,
    { groupId, classId }: UsageQuestion,
  ): Promise<Pick<UsageFilter, 'tenantIds' | 'groupPaths'>> {
    if (groupId !== undefined) {
      const group = await this.deps.groups.getFor(principal, groupId, 'usage.read');
      // Every row of a tenant belongs to its root or to a group below.
      const isRoot = group.id === group.tenantId;
      return { tenantIds: [group.tenantId], groupPaths: isRoot ? null : [group.path] };
    }
    const { tenantId, access } = principal;
    const isAdmin = access.adminPaths.length > 0;
    if (classId !== undefined) {
      const found = await this.deps.classes.getClass(principal, classId, 'usage.read');
      // Admins see the share of a class that is within their groups; its teachers see all of it.
      if (readingRoleIn(access, classId) === 'teacher')
        return { tenantIds: [found.tenantId], groupPaths: null };
    }
    if (principal.isPlatformAdmin) return { tenantIds: null, groupPaths: null };
    if (tenantId === null || !isAdmin)
      throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action: 'usage.read' });
    const isAll = includesRoot(access.adminPaths);
    return { tenantIds: [tenantId], groupPaths: isAll ? null : access.adminPaths };
  }
}
