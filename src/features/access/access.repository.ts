import { z } from 'zod';
import { type AccessFacts, CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';

const FactsRow = z.object({
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

const IdRow = z.object({ id: z.string() });

/** The facts of one person, and which of their sign-ins and API tokens are alive. */
export interface PersonFacts extends AccessFacts {
  status: 'active' | 'deactivated';
  sessionIds: readonly string[];
  apiTokenIds: readonly string[];
  mustChangePassword: boolean;
}

export class AccessRepository {
  constructor(private readonly db: Database) {}

  /** All facts of a person in one statement; archived groups give nothing, archived classes are marked. */
  async findFacts(userId: string): Promise<PersonFacts | null> {
    return this.db.row(
      sql`SELECT u.id AS "userId", u.tenant_id AS "tenantId", u.status, u.is_platform_admin AS "isPlatformAdmin",
            coalesce((SELECT json_agg(json_build_object('groupId', g.id, 'path', g.path::text, 'role', m.role))
                      FROM group_members m JOIN groups g ON g.id = m.group_id
                      WHERE m.user_id = u.id AND g.deleted_at IS NULL), '[]') AS groups,
            coalesce((SELECT json_agg(json_build_object('classId', c.id, 'groupPath', g.path::text, 'role', m.role, 'isArchived', c.deleted_at IS NOT NULL))
                      FROM (SELECT p.class_id, p.role FROM class_people p WHERE p.user_id = u.id OFFSET 0) m
                      JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id
                      WHERE g.deleted_at IS NULL), '[]') AS classes,
            coalesce((SELECT json_agg(l.student_id) FROM active_guardians l WHERE l.guardian_id = u.id), '[]') AS "observedStudentIds",
            coalesce((SELECT json_agg(DISTINCT t.family_id) FROM refresh_tokens t
                      WHERE t.user_id = u.id AND t.revoked_at IS NULL AND t.family_expires_at > now()), '[]') AS "sessionIds",
            coalesce((SELECT json_agg(a.id) FROM api_tokens a
                      WHERE a.user_id = u.id AND a.revoked_at IS NULL AND a.expires_at > now()), '[]') AS "apiTokenIds",
            u.must_change_password AS "mustChangePassword"
          FROM users u WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL`,
      FactsRow,
    );
  }

  /** The guardians of these people, whatever their links are worth just now. */
  async findGuardiansOf(userIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT DISTINCT observer_id AS id FROM student_observers WHERE student_id = ANY(${[...userIds]}::uuid[])`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }
}
