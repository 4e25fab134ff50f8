import { z } from 'zod';
import type { Access } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { RowLoader } from '../../platform/db/row-loader';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import { isTenantAdmin } from './users.policy';
import type { PlacedUser, UpdateUserInput, User, UserFilters, UserStatus } from './users.types';

export const UserRow = z.object({
  id: z.string(),
  tenantId: z.string().nullable(),
  email: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  isPlatformAdmin: z.boolean(),
  lastLoginAt: z.date().nullable(),
  deactivatedAt: z.date().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  revision: z.number(),
});
const PlacedUserRow = UserRow.extend({ groupPaths: z.array(z.string()), classIds: z.array(z.string()) });

export const USER_COLUMNS: Sql = sql`u.id, u.tenant_id AS "tenantId", u.email, u.name, u.locale, u.status,
  u.is_platform_admin AS "isPlatformAdmin", u.last_login_at AS "lastLoginAt", u.deactivated_at AS "deactivatedAt",
  u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.revision`;

const GROUP_PATHS: Sql = sql`ARRAY(
    SELECT g.path::text FROM group_members m JOIN groups g ON g.id = m.group_id
    WHERE m.user_id = u.id AND g.deleted_at IS NULL
    UNION SELECT g.path::text FROM class_people m JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id
    WHERE m.user_id = u.id AND c.deleted_at IS NULL AND g.deleted_at IS NULL)`;
const CLASS_IDS: Sql = sql`ARRAY(
    SELECT c.id::text FROM class_people m JOIN classes c ON c.id = m.class_id
    WHERE m.user_id = u.id AND c.deleted_at IS NULL)`;

export const USER_SORTS: Readonly<Record<string, SortColumn>> = {
  name: { expression: sql`u.name`, type: 'text' },
  createdAt: { expression: sql`u.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`u.updated_at`, type: 'timestamptz' },
};

/** Ids of the people who belong to a group, by membership or through a class, where both conditions hold. */
function peopleWhere(member: Sql, place: Sql): Sql {
  return sql`SELECT m.user_id FROM group_members m JOIN groups g ON g.id = m.group_id
      WHERE ${member} AND ${place} AND g.deleted_at IS NULL
    UNION ALL SELECT m.user_id FROM class_people m JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id
      WHERE ${member} AND ${place} AND c.deleted_at IS NULL AND g.deleted_at IS NULL`;
}

/** Where the caller's authority over people ends: nowhere, at their tenant, or at the groups that they administer. */
class Reach {
  readonly isLimitedToGroups: boolean;

  constructor(private readonly access: Access) {
    this.isLimitedToGroups = !access.isPlatformAdmin && !isTenantAdmin(access, access.tenantId);
  }

  get people(): Sql[] {
    if (this.access.isPlatformAdmin) return [];
    const ofTenant = sql`u.tenant_id = ${this.access.tenantId}::uuid`;
    return this.isLimitedToGroups
      ? [ofTenant, sql`u.id IN (${peopleWhere(sql`TRUE`, this.place)})`]
      : [ofTenant];
  }

  get place(): Sql {
    return this.isLimitedToGroups ? isWithin(sql`g.path`, this.access.adminPaths) : sql`TRUE`;
  }
}

/** Shorter texts have no trigrams: the index cannot find them, but there is no need, as the next page is full of them. */
const MIN_INDEXED_LENGTH = 3;

/** By name and address, as the index has them. */
function matches(text: string): Sql {
  return contains(sql`u.name || ' ' || u.email`, text);
}

/**
 * The people, or those that a search finds. OFFSET 0 keeps the planner from walking through everybody in the order of
 * the list and looking at each: it guesses that a match will come soon, and takes a hundred times as long.
 */
function peopleMatching(q: string | undefined): { from: Sql; where: Sql[] } {
  if (q === undefined) return { from: sql`users u`, where: [] };
  if (q.length < MIN_INDEXED_LENGTH) return { from: sql`users u`, where: [matches(q)] };
  return {
    from: sql`(SELECT * FROM users u WHERE u.deleted_at IS NULL AND ${matches(q)} OFFSET 0) u`,
    where: [],
  };
}

function conditionsOf(filters: UserFilters, reach: Reach): Sql[] {
  const { tenantId, status, role, updatedSince } = filters;
  return [
    sql`u.deleted_at IS NULL`,
    ...reach.people,
    ...(tenantId === undefined ? [] : [sql`u.tenant_id = ${tenantId}::uuid`]),
    ...(status === undefined ? [] : [sql`u.status = ${status}`]),
    ...(role === undefined ? [] : [sql`u.id IN (${peopleWhere(sql`m.role = ${role}`, reach.place)})`]),
    ...(updatedSince === undefined
      ? []
      : [sql`(u.updated_at >= ${updatedSince} OR u.last_login_at >= ${updatedSince})`]),
  ];
}

const usersById = (ids: readonly string[]): Sql =>
  sql`SELECT ${USER_COLUMNS}, ${GROUP_PATHS} AS "groupPaths", ${CLASS_IDS} AS "classIds"
      FROM users u WHERE u.id = ANY (${[...ids]}::uuid[]) AND u.deleted_at IS NULL`;

export class UsersRepository {
  private readonly loader: RowLoader<typeof PlacedUserRow>;

  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {
    this.loader = new RowLoader(db, PlacedUserRow, usersById);
  }

  find(userId: string): Promise<PlacedUser | null> {
    return this.loader.find(userId);
  }

  /** The people within the caller's reach. Their places are read only where the reach depends on them. */
  list(
    access: Access,
    filters: UserFilters,
    page: PageRequest,
    sort: { column: SortColumn; descending: boolean; name: string },
  ): Promise<Page<PlacedUser>> {
    const reach = new Reach(access);
    const { from, where } = peopleMatching(filters.q);
    const groupPaths = reach.isLimitedToGroups ? GROUP_PATHS : sql`'{}'::text[]`;
    return this.lists.list({
      columns: sql`${USER_COLUMNS}, ${groupPaths} AS "groupPaths", '{}'::text[] AS "classIds"`,
      from,
      where: [...conditionsOf(filters, reach), ...where],
      sort,
      id: sql`u.id`,
      page,
      row: PlacedUserRow,
    });
  }

  /** Changes what is given, if the revision is one of those allowed; null where it is another by now. */
  update(userId: string, input: UpdateUserInput, ifMatch: readonly number[] | null): Promise<User | null> {
    const revisions = ifMatch === null ? null : [...ifMatch];
    return this.db.row(
      sql`UPDATE users u SET name = coalesce(${input.name ?? null}, u.name), email = coalesce(${input.email ?? null}, u.email),
            locale = CASE WHEN ${input.locale !== undefined}::boolean THEN ${input.locale ?? null} ELSE u.locale END
          WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL
            AND (${revisions}::int[] IS NULL OR u.revision = ANY(${revisions}::int[]))
          RETURNING ${USER_COLUMNS}`,
      UserRow,
    );
  }

  /** Sets the status; null where the person has it already. */
  setStatus(userId: string, status: UserStatus, now: Date): Promise<User | null> {
    return this.db.row(
      sql`UPDATE users u SET status = ${status}, deactivated_at = ${status === 'deactivated' ? now : null}::timestamptz
          WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL AND u.status <> ${status} RETURNING ${USER_COLUMNS}`,
      UserRow,
    );
  }
}
