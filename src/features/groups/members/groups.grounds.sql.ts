import { z } from 'zod';
import { CLASS_ROLES } from '../../../authz/access';
import type { SortColumn } from '../../../platform/db/paging';
import { type Sql, sql } from '../../../platform/db/sql';

/** A class role that ended because it has lost its ground. */
export const EndedRow = z.object({ classId: z.string(), userId: z.string(), role: z.enum(CLASS_ROLES) });

/** A class role without a ground, as the list for admins shows it. */
export const UngroundedRow = EndedRow.extend({
  name: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  className: z.string(),
  groupId: z.string(),
  joinedAt: z.date(),
});

export const UNGROUNDED_SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  joinedAt: { expression: sql`r.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

export const ungroundedColumns = sql`r.class_id AS "classId",
  r.user_id AS "userId",
  r.role,
  u.name,
  u.email,
  u.username,
  r.class_name AS "className",
  r.group_id AS "groupId",
  r.created_at AS "joinedAt"`;

/**
 * What `class_roles_without_ground` says of a whole tenant, as `r`, with the users. The view looks up the memberships of each role,
 * which is right for a class or a person; here the memberships of the tenant are read once.
 */
export function ungroundedOf(tenantId: string): Sql {
  return sql`(WITH grounds AS MATERIALIZED (
                SELECT gm.user_id, gm.role = 'student' AS is_student, array_agg(mg.path) AS paths
                FROM group_members gm
                JOIN groups mg ON mg.id = gm.group_id
                WHERE mg.tenant_id = ${tenantId}::uuid AND gm.role <> 'guardian'
                GROUP BY gm.user_id, gm.role = 'student')
              SELECT
                m.id,
                m.class_id,
                m.user_id,
                m.role,
                m.created_at,
                c.name AS class_name,
                c.group_id,
                g.path AS group_path
              FROM classes c
              JOIN groups g ON g.id = c.group_id
              JOIN class_members m ON m.class_id = c.id
              LEFT JOIN grounds ON grounds.user_id = m.user_id AND grounds.is_student = (m.role = 'student')
              WHERE c.tenant_id = ${tenantId}::uuid
                AND (grounds.paths IS NULL OR NOT (grounds.paths @> g.path OR grounds.paths <@ g.path))
              OFFSET 0) r
             JOIN users u ON u.id = r.user_id AND u.deleted_at IS NULL`;
}

/** The person's role in the class, if it has no ground. */
export function selectUngrounded(classId: string, userId: string): Sql {
  return sql`SELECT id
             FROM class_roles_without_ground
             WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid`;
}

/** Ends the roles without ground that meet the condition on `class_roles_without_ground r`. */
export function endRoles(which: Sql): Sql {
  return sql`DELETE FROM class_members m
             USING class_roles_without_ground r
             WHERE m.id = r.id AND ${which}
             RETURNING m.class_id AS "classId", m.user_id AS "userId", m.role`;
}

/** The roles of a person around a group: those for which a membership there can be a ground. */
export const ofPersonAround = (userId: string, groupPath: string): Sql =>
  sql`r.user_id = ${userId}::uuid
      AND (r.group_path <@ ${groupPath}::ltree OR r.group_path @> ${groupPath}::ltree)`;

/**
 * After a move: the roles in the classes below the group, and those of the people who are members below it.
 */
export function aroundMoved(groupId: string): Sql {
  const below = sql`(SELECT path FROM groups WHERE id = ${groupId}::uuid)`;
  return sql`r.tenant_id = (SELECT tenant_id FROM groups WHERE id = ${groupId}::uuid)
             AND (r.group_path <@ ${below} OR r.user_id IN (
               SELECT m.user_id
               FROM group_members m
               JOIN groups g ON g.id = m.group_id
               WHERE g.path <@ ${below}))`;
}
