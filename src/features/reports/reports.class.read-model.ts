import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { join, type Sql, sql } from '../../platform/db/sql';
import { localDay } from './reports.days.sql';
import type { ClassReportData, Period } from './reports.types';
import { NamedUsageRow, UsageSumRow, usageSums } from './reports.usage.sql';

const StudentRow = z.object({
  id: z.string(),
  name: z.string(),
  isActive: z.boolean(),
  expected: z.number(),
  handedIn: z.number(),
  late: z.number(),
  averagePercent: z.number().nullable(),
  chats: z.number(),
  runs: z.number(),
  lastActiveAt: z.number().nullable(),
});

const AssignmentRow = z.object({
  id: z.string(),
  title: z.string(),
  dueAt: z.number().nullable(),
  points: z.number(),
  expected: z.number(),
  handedIn: z.number(),
  late: z.number(),
  returned: z.number(),
  averagePercent: z.number().nullable(),
});

const ClassReportRow = z.object({
  className: z.string(),
  subject: z.string().nullable(),
  groupId: z.string(),
  groupName: z.string(),
  teachers: z.array(z.string()),
  students: z.array(StudentRow),
  assignments: z.array(AssignmentRow),
  days: z.array(z.object({ day: z.string(), onTime: z.number(), late: z.number() })),
  scores: z.array(z.number()),
  tools: z.array(NamedUsageRow),
  usage: UsageSumRow,
});

/** All rows of a query as one JSON array. */
const list = (query: Sql): Sql => sql`(SELECT coalesce(jsonb_agg(r), '[]') FROM (${query}) r)`;
const millis = (moment: Sql): Sql => sql`(extract(epoch FROM ${moment}) * 1000)::bigint`;

/** Reads what a class report shows. */
export class ClassReportReadModel {
  constructor(private readonly db: Database) {}

  /** Returns the group of a class, or null if there is no such class. */
  async groupOf(classId: string): Promise<string | null> {
    const found = await this.db.prisma.class.findUnique({
      where: { id: classId },
      select: { groupId: true },
    });
    return found?.groupId ?? null;
  }

  /**
   * Reads everything in one statement, so that all numbers are from the same moment; null if there is no
   * such class.
   */
  async find(tenantId: string, classId: string, period: Period): Promise<ClassReportData | null> {
    return this.db.row(
      sql`WITH ${parts(tenantId, classId, period)}
          SELECT
            c.name AS "className",
            c.subject,
            g.id AS "groupId",
            g.name AS "groupName",
            (SELECT coalesce(jsonb_agg(u.name ORDER BY u.name, u.id), '[]')
             FROM class_members m
             JOIN users u ON u.id = m.user_id
             WHERE m.class_id = c.id AND m.role = 'teacher' AND u.deleted_at IS NULL) AS teachers,
            ${list(STUDENTS)} AS students,
            ${list(ASSIGNMENTS)} AS assignments,
            ${list(daysOf(period))} AS days,
            (SELECT jsonb_agg(
               (SELECT count(*)
                FROM latest l
                WHERE l.percent IS NOT NULL AND least(floor(l.percent / 10), 9) = tenth)
               ORDER BY tenth)
             FROM generate_series(0, 9) tenth) AS scores,
            ${list(sql`
              SELECT t.id, t.name, ${usageSums()}
              FROM asked a
              LEFT JOIN tools t ON t.id = a.tool_id
              GROUP BY t.id, t.name`)} AS tools,
            (SELECT to_jsonb(r)
             FROM (
               SELECT ${usageSums()}
               FROM asked a) r) AS usage
          FROM class c
          JOIN groups g ON g.id = c.group_id`,
      ClassReportRow,
    );
  }
}

/**
 * The parts of the statement: the class; its students; the assignments of the period (due, published or
 * submitted then); what each student has to do; their latest submitted attempt with the grade that counts;
 * the calls of models.
 */
const parts = (tenantId: string, classId: string, period: Period): Sql =>
  join([dutiesOf(tenantId, classId, period), attemptsOf(period), activityOf(period)]);

const isDuring = (moment: Sql, { from, to }: Period): Sql =>
  sql`(${moment} >= ${from}::timestamptz AND ${moment} < ${to}::timestamptz)`;

function dutiesOf(tenantId: string, classId: string, period: Period): Sql {
  const during = (moment: Sql): Sql => isDuring(moment, period);
  return sql`class AS MATERIALIZED (
      SELECT *
      FROM classes
      WHERE id = ${classId}::uuid AND tenant_id = ${tenantId}::uuid),
    student AS MATERIALIZED (
      SELECT u.id, u.name, u.status
      FROM class c
      JOIN class_members m ON m.class_id = c.id
      JOIN users u ON u.id = m.user_id
      WHERE m.role = 'student' AND u.deleted_at IS NULL),
    assignment AS MATERIALIZED (
      SELECT a.*
      FROM class c
      JOIN assignments a ON a.class_id = c.id
      WHERE a.state <> 'draft'
        AND a.deleted_at IS NULL
        AND (${during(sql`a.due_at`)}
          OR ${during(sql`a.published_at`)}
          OR EXISTS (
            SELECT
            FROM submissions s
            WHERE s.assignment_id = a.id AND ${during(sql`s.submitted_at`)}))),
    duty AS MATERIALIZED (
      SELECT a.id AS assignment_id, st.id AS user_id, a.points
      FROM assignment a
      CROSS JOIN student st
      WHERE NOT (
        SELECT w.excused
        FROM assignment_terms(a.id, st.id, now()) w))`;
}

function attemptsOf({ to }: Period): Sql {
  return sql`latest AS MATERIALIZED (
      SELECT DISTINCT ON (d.assignment_id, d.user_id)
        d.assignment_id,
        d.user_id,
        s.late,
        s.submitted_at,
        counts.submission_id IS NOT NULL AS is_returned,
        CASE WHEN d.points > 0 THEN counts.score * 100 / d.points END AS percent
      FROM duty d
      JOIN submissions s ON s.assignment_id = d.assignment_id AND s.user_id = d.user_id
      LEFT JOIN LATERAL counting_grade(
        d.assignment_id, d.user_id, ${to}::timestamptz - interval '1 microsecond') counts ON TRUE
      WHERE s.submitted_at < ${to}::timestamptz
      ORDER BY d.assignment_id, d.user_id, s.attempt DESC)`;
}

function activityOf(period: Period): Sql {
  const during = (moment: Sql): Sql => isDuring(moment, period);
  return sql`chat AS MATERIALIZED (
      SELECT s.user_id, count(*) AS chats, max(s.created_at) AS at
      FROM class c
      JOIN sessions s ON s.class_id = c.id
      WHERE ${during(sql`s.created_at`)}
      GROUP BY s.user_id),
    run AS MATERIALIZED (
      SELECT r.user_id, count(*) AS runs, max(r.created_at) AS at
      FROM class c
      JOIN runs r ON r.class_id = c.id
      WHERE ${during(sql`r.created_at`)}
      GROUP BY r.user_id),
    handed_in AS MATERIALIZED (
      SELECT s.user_id, s.late, s.submitted_at
      FROM student st
      JOIN submissions s ON s.user_id = st.id
      JOIN assignments a ON a.id = s.assignment_id
      JOIN class c ON c.id = a.class_id
      WHERE a.deleted_at IS NULL AND ${during(sql`s.submitted_at`)}),
    asked AS MATERIALIZED (
      SELECT a.*
      FROM class c
      JOIN ai_calls a ON a.class_id = c.id
      WHERE a.state <> 'pending' AND ${during(sql`a.created_at`)})`;
}

const STUDENTS = sql`SELECT
    st.id,
    st.name,
    st.status = 'active' AS "isActive",
    (SELECT count(*) FROM duty d WHERE d.user_id = st.id) AS expected,
    count(l.user_id) AS "handedIn",
    count(*) FILTER (WHERE l.late) AS late,
    avg(l.percent)::float8 AS "averagePercent",
    coalesce((SELECT chats FROM chat WHERE chat.user_id = st.id), 0) AS chats,
    coalesce((SELECT runs FROM run WHERE run.user_id = st.id), 0) AS runs,
    ${millis(sql`greatest(
      (SELECT max(h.submitted_at) FROM handed_in h WHERE h.user_id = st.id),
      (SELECT at FROM chat WHERE chat.user_id = st.id),
      (SELECT at FROM run WHERE run.user_id = st.id))`)} AS "lastActiveAt"
  FROM student st
  LEFT JOIN latest l ON l.user_id = st.id
  GROUP BY st.id, st.name, st.status`;

const ASSIGNMENTS = sql`SELECT
    a.id,
    a.title,
    ${millis(sql`a.due_at`)} AS "dueAt",
    a.points,
    (SELECT count(*) FROM duty d WHERE d.assignment_id = a.id) AS expected,
    count(l.user_id) AS "handedIn",
    count(*) FILTER (WHERE l.late) AS late,
    count(*) FILTER (WHERE l.is_returned) AS returned,
    avg(l.percent)::float8 AS "averagePercent"
  FROM assignment a
  LEFT JOIN latest l ON l.assignment_id = a.id
  GROUP BY a.id, a.title, a.due_at, a.points`;

const daysOf = (period: Period): Sql => sql`SELECT
    ${localDay(sql`h.submitted_at`, period)} AS day,
    count(*) FILTER (WHERE NOT h.late) AS "onTime",
    count(*) FILTER (WHERE h.late) AS late
  FROM handed_in h
  GROUP BY 1`;
