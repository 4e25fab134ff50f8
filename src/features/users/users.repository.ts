import type { Principal } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { RowLoader } from '../../platform/db/row-loader';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import {
  AdminScope,
  listedColumns,
  PlacedUserRow,
  peopleMatching,
  selectUsers,
  USER_SELECT,
  USER_SORTS,
  userConditions,
} from './users.sql';
import type { PlacedUser, User, UserChanges, UserFilters, UserStatus } from './users.types';

export class UsersRepository {
  private readonly loader: RowLoader<typeof PlacedUserRow>;

  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {
    this.loader = new RowLoader(db, PlacedUserRow, selectUsers);
  }

  find(userId: string): Promise<PlacedUser | null> {
    return this.loader.find(userId);
  }

  /** Finds those of these people who exist, each with their places, in one statement. */
  findAll(userIds: readonly string[]): Promise<PlacedUser[]> {
    return this.db.rows(selectUsers(userIds), PlacedUserRow);
  }

  /** Lists the people over whom the caller has authority. */
  list(principal: Principal, { filters, sort, page }: ListQuery<UserFilters>): Promise<Page<PlacedUser>> {
    const scope = new AdminScope(principal);
    const { from, where } = peopleMatching(filters.q);
    const conditions = [...userConditions(filters, scope), ...where];
    const order = sortBy(USER_SORTS, sort);
    const isPart = scope.isLimitedToGroups && filters.q === undefined;
    const part = {
      from: scope.peopleOfGroups,
      where: userConditions(filters, scope, scope.peopleOfTenant),
      ...{ key: order.column.expression, id: sql`u.id` },
    };
    return this.lists.list({
      columns: listedColumns(scope),
      ...{ from, where: conditions, branches: isPart ? [part] : undefined },
      sort: order,
      id: sql`u.id`,
      page,
      row: PlacedUserRow,
    });
  }

  /** Changes the given fields if the revision is one of those allowed; null if it is another one by now. */
  update(id: string, data: UserChanges, ifMatch: IfMatch): Promise<User | null> {
    const where = { id, deletedAt: null };
    return this.db.prisma.user.updateIfMatch({ where, revisions: ifMatch, data, select: USER_SELECT });
  }

  /** Sets the status; null if the person already has it. */
  setStatus(id: string, status: UserStatus, now: Date): Promise<User | null> {
    const where = { id, deletedAt: null, status: { not: status } };
    const data = { status, deactivatedAt: status === 'deactivated' ? now : null };
    return this.db.prisma.user.updateIfMatch({ where, revisions: null, data, select: USER_SELECT });
  }
}
