import { z } from 'zod';
import type { Principal } from '../../../authz/ability';
import { GROUP_ROLES, type GroupRole } from '../../../authz/access';
import { personText } from '../../../authz/people.sql';
import { permitted } from '../../../authz/permitted.sql';
import { pathField } from '../../../platform/db/conditions';
import { type KeyBranch, type SortColumn, sortBy } from '../../../platform/db/paging';
import { contains } from '../../../platform/db/search';
import { type Sql, sql } from '../../../platform/db/sql';
import type { ListQuery } from '../../../shared/pages';

/** A member of a group. */
export const MemberRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  role: z.enum(GROUP_ROLES),
  createdAt: z.date(),
  /** The path of the membership's group. */
  groupPath: z.string(),
  /** Whether the tenant would have no active admin without this membership. */
  isLastAdmin: z.boolean(),
});

export const MEMBER_SORTS = {
  name: { expression: sql`m.user_name`, type: 'text' },
  createdAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

export interface MemberFilters {
  q?: string | undefined;
  role?: GroupRole | undefined;
}

/** Looked up for the admins of a root group alone: a tenant has few of them. */
const IS_LAST_ADMIN = sql`CASE WHEN m.role = 'admin' AND g.parent_id IS NULL AND u.status = 'active'
    THEN NOT EXISTS (
      SELECT
      FROM group_members other
      JOIN users o ON o.id = other.user_id AND o.deleted_at IS NULL AND o.status = 'active'
      WHERE other.group_id = m.group_id AND other.role = 'admin' AND other.user_id <> m.user_id)
    ELSE FALSE END`;

export const memberColumns = sql`u.id AS "userId",
  u.name,
  u.email,
  u.username,
  u.status,
  m.role,
  m.created_at AS "createdAt",
  g.path_text AS "groupPath",
  ${IS_LAST_ADMIN} AS "isLastAdmin"`;

export const MEMBERS_FROM = sql`group_members m
  JOIN groups g ON g.id = m.group_id AND g.deleted_at IS NULL
  JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`;

/** The rows of one group's members, by the id of the person. */
export const membersOf = (groupId: string): Sql => sql`group_members m
  JOIN groups g ON g.id = m.group_id AND g.id = ${groupId}::uuid
  JOIN users u ON u.id = m.user_id`;

/** The members of a group. Whether the caller sees its inside is checked once. */
export function memberBranch(
  principal: Principal,
  groupId: string,
  { filters: { q, role }, sort }: ListQuery<MemberFilters>,
): KeyBranch {
  const seen = permitted(principal, 'group.list_members', 'Group', { path: pathField(sql`g.path`) });
  return {
    owners: sql`(
      SELECT g.id
      FROM groups g
      WHERE g.id = ${groupId}::uuid AND g.deleted_at IS NULL AND ${seen}) place`,
    from: sql`group_members m JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`,
    where: [
      sql`m.group_id = place.id`,
      ...(role === undefined ? [] : [sql`m.role = ${role}`]),
      ...(q === undefined ? [] : [contains(personText, q)]),
    ],
    key: sortBy(MEMBER_SORTS, sort).column.expression,
    id: sql`m.user_id`,
  };
}

export function selectMember(groupId: string, userId: string): Sql {
  return sql`SELECT ${memberColumns}
             FROM ${MEMBERS_FROM}
             WHERE m.group_id = ${groupId}::uuid AND m.user_id = ${userId}::uuid`;
}

/**
 * The active admins of a group, locked so that two of them cannot remove each other at the same moment: the
 * second one to get the lock sees who is left.
 */
export function lockActiveAdmins(groupId: string): Sql {
  return sql`SELECT m.user_id AS id
             FROM group_members m
             JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL AND u.status = 'active'
             WHERE m.group_id = ${groupId}::uuid AND m.role = 'admin'
             ORDER BY m.id
             FOR UPDATE OF m`;
}
