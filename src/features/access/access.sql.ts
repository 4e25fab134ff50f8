import { z } from 'zod';
import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import { type Sql, sql } from '../../platform/db/sql';

export const FactsRow = z.object({
  userId: z.string(),
  tenantId: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  isPlatformAdmin: z.boolean(),
  groups: z.array(z.object({ groupId: z.string(), path: z.string(), role: z.enum(GROUP_ROLES) })),
  classes: z.array(
    z.object({
      classId: z.string(),
      groupPath: z.string(),
      role: z.enum(CLASS_ROLES),
      isArchived: z.boolean(),
    }),
  ),
  observedStudentIds: z.array(z.string()),
  sessionIds: z.array(z.string()),
  apiTokenIds: z.array(z.string()),
  mustChangePassword: z.boolean(),
});

/** The values of a query as one JSON array; empty if there are none. */
const listOf = (value: Sql, from: Sql): Sql => sql`coalesce((SELECT json_agg(${value}) ${from}), '[]')`;

const GROUPS = listOf(
  sql`json_build_object('groupId', g.id, 'path', g.path_text, 'role', m.role)`,
  sql`FROM group_members m
      JOIN groups g ON g.id = m.group_id
      WHERE m.user_id = u.id AND g.deleted_at IS NULL`,
);
/** OFFSET 0 makes PostgreSQL find the classes of one person first, by an index. */
const CLASSES = listOf(
  sql`json_build_object(
        'classId', c.id, 'groupPath', g.path_text, 'role', m.role, 'isArchived', c.deleted_at IS NOT NULL)`,
  sql`FROM (SELECT p.class_id, p.role FROM class_people p WHERE p.user_id = u.id OFFSET 0) m
      JOIN classes c ON c.id = m.class_id
      JOIN groups g ON g.id = c.group_id
      WHERE g.deleted_at IS NULL`,
);
const STUDENTS = listOf(sql`l.student_id`, sql`FROM active_guardians l WHERE l.guardian_id = u.id`);
const SESSIONS = listOf(
  sql`DISTINCT t.family_id`,
  sql`FROM refresh_tokens t
      WHERE t.user_id = u.id AND t.revoked_at IS NULL AND t.family_expires_at > now()`,
);
const API_TOKENS = listOf(
  sql`a.id`,
  sql`FROM api_tokens a
      WHERE a.user_id = u.id AND a.revoked_at IS NULL AND a.expires_at > now()`,
);

/** Selects all facts of a person. Archived groups give no rights, archived classes are marked. */
export function selectFacts(userId: string): Sql {
  return sql`SELECT
               u.id AS "userId",
               u.tenant_id AS "tenantId",
               u.status,
               u.is_platform_admin AS "isPlatformAdmin",
               ${GROUPS} AS groups,
               ${CLASSES} AS classes,
               ${STUDENTS} AS "observedStudentIds",
               ${SESSIONS} AS "sessionIds",
               ${API_TOKENS} AS "apiTokenIds",
               u.must_change_password AS "mustChangePassword"
             FROM users u
             WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL`;
}

/** The ids of the guardians of these people. */
export function selectGuardiansOf(userIds: readonly string[]): Sql {
  return sql`SELECT DISTINCT observer_id AS id
             FROM student_observers
             WHERE student_id = ANY(${[...userIds]}::uuid[])`;
}
