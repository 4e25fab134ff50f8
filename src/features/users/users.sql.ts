import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { type ClassRole, type GroupRole, isTenantAdmin } from '../../authz/access';
import { personText } from '../../authz/people.sql';
import { permitted } from '../../authz/permitted.sql';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { type Field, pathField, uuidField } from '../../platform/db/conditions';
import type { SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { opaqueIds, type Sql, sql } from '../../platform/db/sql';

export interface UserFilters {
  tenantId?: string | undefined;
  q?: string | undefined;
  status?: z.output<typeof UserRow>['status'] | undefined;
  role?: GroupRole | ClassRole | undefined;
  updatedSince?: Date | undefined;
  neverSignedIn?: boolean | undefined;
}

export const USER_SELECT = {
  id: true,
  tenantId: true,
  email: true,
  username: true,
  name: true,
  locale: true,
  status: true,
  isPlatformAdmin: true,
  emailVerifiedAt: true,
  lastLoginAt: true,
  deactivatedAt: true,
  createdAt: true,
  updatedAt: true,
  revision: true,
} as const satisfies Prisma.UserSelect;

export const UserRow = modelRow<Prisma.UserGetPayload<{ select: typeof USER_SELECT }>>(USER_SELECT);

/** How a person can sign in: with a password, or with accounts at identity providers. */
export const SIGN_IN_METHODS = ['password', 'google', 'microsoft', 'clever', 'oidc'] as const;

/** A user as they and their admins see them. */
export const AccountRow = UserRow.extend({ signInMethods: z.array(z.enum(SIGN_IN_METHODS)) });

/** A user with their places, which decide who may see and manage them. */
export const PlacedUserRow = AccountRow.extend({
  /** Paths of their groups, and of the groups of their classes. */
  groupPaths: z.array(z.string()),
  classIds: z.array(z.string()),
  /** Of a person who is a pupil without e-mail and nothing else: the classes that they are in. */
  pupilOfClassIds: z.array(z.string()),
});

export const accountColumns = sql`${columnsOf(USER_SELECT, 'u')},
  ARRAY(
    SELECT DISTINCT i.provider
    FROM auth_identities i
    WHERE i.user_id = u.id
    ORDER BY i.provider) AS "signInMethods"`;

const GROUP_PATHS = sql`ARRAY(
    SELECT g.path_text
    FROM group_members m
    JOIN groups g ON g.id = m.group_id
    WHERE m.user_id = u.id AND g.deleted_at IS NULL
    UNION
    SELECT g.path_text
    FROM class_people m
    JOIN classes c ON c.id = m.class_id
    JOIN groups g ON g.id = c.group_id
    WHERE m.user_id = u.id AND c.deleted_at IS NULL AND g.deleted_at IS NULL)`;
const CLASS_IDS = sql`ARRAY(
    SELECT c.id::text
    FROM class_people m
    JOIN classes c ON c.id = m.class_id
    WHERE m.user_id = u.id AND c.deleted_at IS NULL)`;

const PUPIL_OF_CLASS_IDS = sql`CASE
    WHEN u.email IS NULL
      AND NOT u.is_platform_admin
      AND NOT EXISTS (SELECT FROM group_members m WHERE m.user_id = u.id AND m.role <> 'student')
      AND NOT EXISTS (SELECT FROM class_members m WHERE m.user_id = u.id AND m.role <> 'student')
      AND NOT EXISTS (SELECT FROM student_observers o WHERE o.observer_id = u.id)
    THEN ARRAY(
      SELECT c.id::text
      FROM class_members m
      JOIN classes c ON c.id = m.class_id
      WHERE m.user_id = u.id AND c.deleted_at IS NULL)
    ELSE '{}'::text[] END`;

export const USER_SORTS: Readonly<Record<string, SortColumn>> = {
  name: { expression: sql`u.name`, type: 'text' },
  createdAt: { expression: sql`u.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`u.updated_at`, type: 'timestamptz' },
};

export function selectUsers(ids: readonly string[]): Sql {
  return sql`SELECT ${accountColumns}, ${GROUP_PATHS} AS "groupPaths", ${CLASS_IDS} AS "classIds",
               ${PUPIL_OF_CLASS_IDS} AS "pupilOfClassIds"
             FROM users u
             WHERE u.id = ANY(${opaqueIds(ids)}) AND u.deleted_at IS NULL`;
}

/** The columns of a list. The places of people are only read if the caller's scope depends on them. */
export function listedColumns(scope: AdminScope): Sql {
  const groupPaths = scope.isLimitedToGroups ? GROUP_PATHS : sql`'{}'::text[]`;
  return sql`${accountColumns}, ${groupPaths} AS "groupPaths", '{}'::text[] AS "classIds",
    '{}'::text[] AS "pupilOfClassIds"`;
}

/** Ids of the people who belong to a group, by membership or through a class, if both conditions hold. */
function peopleWhere(member: Sql, place: Sql): Sql {
  return sql`SELECT m.user_id
             FROM group_members m
             JOIN groups g ON g.id = m.group_id
             WHERE ${member} AND ${place} AND g.deleted_at IS NULL
             UNION ALL
             SELECT m.user_id
             FROM class_people m
             JOIN classes c ON c.id = m.class_id
             JOIN groups g ON g.id = c.group_id
             WHERE ${member} AND ${place} AND c.deleted_at IS NULL AND g.deleted_at IS NULL`;
}

/**
 * The people over whom the caller has authority: all, those of their tenant, or those of the groups that
 * they administer.
 */
export class AdminScope {
  readonly isLimitedToGroups: boolean;

  constructor(private readonly principal: Principal) {
    const { access } = principal;
    this.isLimitedToGroups = !access.isPlatformAdmin && !isTenantAdmin(access, access.tenantId);
  }

  get people(): Sql[] {
    const groupPaths: Field = {
      type: 'ltree',
      some: (test) => sql`u.id IN (${peopleWhere(sql`TRUE`, test(sql`g.path`))})`,
    };
    return [
      permitted(this.principal, 'user.list', 'User', { tenantId: uuidField(sql`u.tenant_id`), groupPaths }),
    ];
  }

  get peopleOfTenant(): Sql[] {
    const { isPlatformAdmin, tenantId } = this.principal.access;
    return isPlatformAdmin ? [] : [sql`u.tenant_id = ${tenantId}::uuid`];
  }

  /**
   * The people of the groups, found first, because they are few in each order of the whole tenant and no
   * index has them in order. OFFSET 0 keeps the planner from reading all people, or those of all classes,
   * to find these.
   */
  get peopleOfGroups(): Sql {
    return sql`(SELECT m.user_id
               FROM group_members m
               JOIN groups g ON g.id = m.group_id
               WHERE ${this.place} AND g.deleted_at IS NULL
               UNION
               SELECT m.user_id
               FROM groups g
               JOIN classes c ON c.group_id = g.id
               CROSS JOIN LATERAL (SELECT p.user_id FROM class_people p WHERE p.class_id = c.id OFFSET 0) m
               WHERE ${this.place} AND c.deleted_at IS NULL AND g.deleted_at IS NULL
               OFFSET 0) p
               CROSS JOIN LATERAL (SELECT * FROM users u WHERE u.id = p.user_id OFFSET 0) u`;
  }

  /** Whether they include people of the group `g`. */
  get place(): Sql {
    if (!this.isLimitedToGroups) return sql`TRUE`;
    const [tenantId, groupPaths] = [uuidField(sql`g.tenant_id`), pathField(sql`g.path`)];
    return permitted(this.principal, 'user.list', 'User', { tenantId, groupPaths });
  }
}

/**
 * Shorter texts have no trigrams, so the index cannot find them. It need not: many people match, so a page
 * is soon full.
 */
const MIN_INDEXED_LENGTH = 3;

const matches = (text: string): Sql => contains(personText, text);

/**
 * All people, or those that a search finds. OFFSET 0 keeps the planner from walking through everybody in
 * the order of the list: it assumes that a match comes soon, and takes a hundred times as long.
 */
export function peopleMatching(q: string | undefined): { from: Sql; where: Sql[] } {
  if (q === undefined) return { from: sql`users u`, where: [] };
  if (q.length < MIN_INDEXED_LENGTH) return { from: sql`users u`, where: [matches(q)] };
  return {
    from: sql`(SELECT * FROM users u WHERE u.deleted_at IS NULL AND ${matches(q)} OFFSET 0) u`,
    where: [],
  };
}

export function userConditions(filters: UserFilters, scope: AdminScope, people = scope.people): Sql[] {
  const { tenantId, status, role, updatedSince, neverSignedIn } = filters;
  return [
    sql`u.deleted_at IS NULL`,
    ...people,
    ...(tenantId === undefined ? [] : [sql`u.tenant_id = ${tenantId}::uuid`]),
    ...(status === undefined ? [] : [sql`u.status = ${status}`]),
    ...(neverSignedIn === true ? [sql`NOT u.has_signed_in`] : []),
    ...(role === undefined ? [] : [sql`u.id IN (${peopleWhere(sql`m.role = ${role}`, scope.place)})`]),
    ...(updatedSince === undefined
      ? []
      : [
          sql`(u.updated_at >= ${updatedSince} OR u.last_login_at >= ${updatedSince} OR EXISTS (
                SELECT FROM auth_identities i WHERE i.user_id = u.id AND i.created_at >= ${updatedSince}))`,
        ]),
  ];
}
