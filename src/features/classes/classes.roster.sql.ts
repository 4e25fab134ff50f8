import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { CLASS_ROLES, type ClassRole } from '../../authz/access';
import { personText } from '../../authz/people.sql';
import { permitted } from '../../authz/permitted.sql';
import { pathField, uuidField } from '../../platform/db/conditions';
import type { SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';

/** Whom the caller sees of a roster: everybody with addresses, or teachers and some people by id. */
export type RosterView =
  | { kind: 'everybody' }
  | { kind: 'limited'; userIds: readonly string[]; peers: boolean };

/** A person in a class: one of its members, or a guardian of one of its students. */
export const RosterRow = z.object({
  userId: z.string(),
  name: z.string(),
  /** Null for callers who may not see addresses; as is the username. */
  email: z.string().nullable(),
  username: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  role: z.enum(CLASS_ROLES),
  joinedAt: z.date(),
  /** For an observer: the students of the class whose returned results they read. */
  observedStudentIds: z.array(z.string()),
  /** The path of the class's group; never shown. */
  groupPath: z.string(),
  /** Whether the class is archived; never shown. */
  isClassArchived: z.boolean(),
  /** Whether the class has no other active teacher; never shown. */
  isLastTeacher: z.boolean(),
});

export const ROSTER_SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  joinedAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

export interface RosterFilters {
  q?: string | undefined;
  role?: ClassRole | undefined;
}

/** Computed for observers only, because a class has few of them. */
const OBSERVED = sql`CASE WHEN m.role <> 'observer' THEN '[]'::json ELSE coalesce(
    (SELECT json_agg(o.student_id)
     FROM active_guardians o
     JOIN class_members s ON s.user_id = o.student_id
     WHERE o.guardian_id = m.user_id AND s.class_id = m.class_id AND s.role = 'student'),
    '[]'::json) END`;

/** Looked up for teachers only, because a class has few of them. */
const IS_LAST_TEACHER = sql`CASE WHEN m.role <> 'teacher' THEN FALSE ELSE NOT EXISTS (
    SELECT
    FROM class_members other
    JOIN users o ON o.id = other.user_id AND o.deleted_at IS NULL AND o.status = 'active'
    WHERE other.class_id = m.class_id AND other.role = 'teacher' AND other.user_id <> m.user_id) END`;

export const ROSTER_FROM = sql`class_people m
  JOIN classes c ON c.id = m.class_id
  JOIN groups g ON g.id = c.group_id AND g.deleted_at IS NULL
  JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`;

export const rosterColumns = (withSignInNames: boolean): Sql => sql`u.id AS "userId",
  u.name,
  ${withSignInNames ? sql`u.email` : sql`NULL::text`} AS email,
  ${withSignInNames ? sql`u.username` : sql`NULL::text`} AS username,
  u.status,
  m.role,
  m.created_at AS "joinedAt",
  ${OBSERVED} AS "observedStudentIds",
  g.path_text AS "groupPath",
  c.deleted_at IS NOT NULL AS "isClassArchived",
  ${IS_LAST_TEACHER} AS "isLastTeacher"`;

export function selectRosterEntry(classId: string, userId: string): Sql {
  return sql`SELECT ${rosterColumns(true)}
             FROM ${ROSTER_FROM}
             WHERE m.class_id = ${classId}::uuid AND m.user_id = ${userId}::uuid`;
}

/** The people of a class whom the caller sees; nobody if the caller has no access to the class. */
export function rosterConditions(
  principal: Principal,
  classId: string,
  view: RosterView,
  filters: RosterFilters,
): Sql[] {
  const place = { id: uuidField(sql`c.id`), groupPath: pathField(sql`g.path`) };
  const where = [
    sql`m.class_id = ${classId}::uuid`,
    permitted(principal, 'class.read_roster', 'Class', place),
  ];
  if (view.kind === 'limited') {
    const peers = view.peers ? sql`m.role = 'student'` : sql`FALSE`;
    const named = sql`m.user_id = ANY(${[...view.userIds]}::uuid[])`;
    where.push(sql`(m.role IN ('teacher', 'assistant') OR ${peers} OR ${named})`);
  }
  if (filters.role !== undefined) where.push(sql`m.role = ${filters.role}`);
  // A caller who does not see addresses cannot find them by searching either.
  const searched = view.kind === 'everybody' ? personText : sql`u.name`;
  if (filters.q !== undefined) where.push(contains(searched, filters.q));
  return where;
}

/** The active teachers, locked so that two of them cannot leave at the same moment. */
export function lockActiveTeachers(classId: string): Sql {
  return sql`SELECT m.user_id AS id
             FROM class_members m
             JOIN users u ON u.id = m.user_id AND u.status = 'active' AND u.deleted_at IS NULL
             WHERE m.class_id = ${classId}::uuid AND m.role = 'teacher'
             ORDER BY m.id
             FOR UPDATE OF m`;
}
