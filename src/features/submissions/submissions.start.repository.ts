import { z } from 'zod';
import { type Access, classIdsWithRole } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import { ASSIGNMENT_STATES, LATE_POLICIES } from '../assignments';

const StartRow = z.object({
  classId: z.string(),
  className: z.string(),
  groupPath: z.string(),
  assignmentTitle: z.string(),
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: z.date().nullable(),
  dueAt: z.date().nullable(),
  closesAt: z.date().nullable(),
  latePolicy: z.enum(LATE_POLICIES),
  maxAttempts: z.number().nullable(),
  excused: z.boolean(),
  attempts: z.number(),
  openAttempt: z.string().nullable(),
  points: z.number(),
  tenantId: z.string(),
  groupId: z.string(),
  toolId: z.string(),
  toolType: z.enum(['chat', 'product']),
  toolVersion: z.number(),
  userName: z.string(),
  attempt: z.number().nullable(),
});

/** The assignment as it holds for the student; `attempt` is null where none was made. */
export type StartOutcome = z.output<typeof StartRow>;

/** What the audit event of a start depends on: no attempt, no event. */
export const FROM_MADE = sql`FROM made`;

/** Makes attempts. */
export class StartRepository {
  constructor(private readonly db: Database) {}

  /**
   * Makes the next attempt if everything allows it and none is in progress, with its audit event, all in one statement. The unique key of
   * (assignment, student, attempt) decides between two at once: the loser makes nothing and may try again.
   * @param event the INSERT of the audit event, from the row `made`.
   * @returns null where there is no such assignment.
   */
  async startAttempt(
    access: Access,
    assignmentId: string,
    id: string,
    now: Date,
    event: Sql,
  ): Promise<StartOutcome | null> {
    return this.db.row(
      sql`WITH target AS (
            SELECT a.id, a.class_id, c.name AS class_name, c.deleted_at IS NOT NULL AS is_archived, g.path::text AS path, a.title, w.*, a.points, a.tenant_id, c.group_id, a.tool_id, t.type,
                   CASE WHEN a.pin = 'follow_latest' THEN t.current_version ELSE a.tool_version END AS tool_version, u.name
            FROM assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id JOIN tools t ON t.id = a.tool_id
              JOIN users u ON u.id = ${access.userId}::uuid CROSS JOIN LATERAL assignment_terms(a.id, u.id, ${now}) w
            WHERE a.id = ${assignmentId}::uuid AND a.deleted_at IS NULL AND g.deleted_at IS NULL),
          made AS (
            INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version, started_at, created_at, updated_at)
            SELECT ${id}::uuid, tenant_id, id, ${access.userId}::uuid, attempts + 1, tool_id, tool_version, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz FROM target
            WHERE class_id = ANY(${classIdsWithRole(access, 'student')}::uuid[]) AND is_open AND NOT is_archived AND NOT excused
              AND open_attempt IS NULL AND (max_attempts IS NULL OR attempts < max_attempts)
            ON CONFLICT (assignment_id, user_id, attempt) DO NOTHING RETURNING attempt),
          event AS (${event})
          SELECT t.class_id AS "classId", t.class_name AS "className", t.path AS "groupPath", t.title AS "assignmentTitle", t.state, t.opens_at AS "opensAt", t.due_at AS "dueAt",
                 t.closes_at AS "closesAt", t.late_policy AS "latePolicy", t.max_attempts AS "maxAttempts", t.excused, t.attempts,
                 t.open_attempt AS "openAttempt", t.points, t.tenant_id AS "tenantId", t.group_id AS "groupId", t.tool_id AS "toolId",
                 t.type AS "toolType", t.tool_version AS "toolVersion", t.name AS "userName", made.attempt
          FROM target t LEFT JOIN made ON TRUE`,
      StartRow,
    );
  }
}
