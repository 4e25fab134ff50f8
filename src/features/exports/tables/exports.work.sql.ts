import { sql } from '../../../platform/db/sql';
import { duringPeriod, inScope, NARROW_PAGE, WIDE_PAGE, when } from './exports.conditions.sql';
import type { Source, SourceRequest } from './exports.source.sql';
import { alongIndex, ownerByOwner, type Walk } from './exports.walk.sql';

/** Walks along the students of the class, for each along its assignments. */
const studentByStudent = ({ classId }: SourceRequest): Walk =>
  ownerByOwner({
    outer: { from: sql`class_members m`, where: sql`m.class_id = ${classId}::uuid`, id: sql`m.user_id` },
    inner: {
      from: sql`assignments a`,
      owner: sql`o.k0`,
      where: sql`a.class_id = ${classId}::uuid`,
      key: [{ value: sql`a.id`, type: 'uuid' }],
    },
  });

/** Walks along the attempts of the requested assignment, student or class, otherwise of the tenant. */
function attemptByAttempt({ tenantId, classId, filters }: SourceRequest): Walk {
  const attempt = [
    { value: sql`s.user_id`, type: 'uuid' },
    { value: sql`s.attempt`, type: 'integer' },
  ] as const;
  const { assignmentId, userId } = filters;
  if (assignmentId === undefined && userId === undefined && classId !== null)
    return ownerByOwner({
      outer: { from: sql`assignments a`, where: sql`a.class_id = ${classId}::uuid`, id: sql`a.id` },
      inner: { from: sql`submissions s`, owner: sql`s.assignment_id`, key: attempt },
    });
  const ofOne =
    assignmentId === undefined
      ? when(userId, (id) => sql`s.user_id = ${id}::uuid`)
      : [sql`s.assignment_id = ${assignmentId}::uuid`];
  return alongIndex({
    from: sql`submissions s`,
    where: ofOne[0] ?? sql`s.tenant_id = ${tenantId}::uuid`,
    key: [{ value: sql`s.assignment_id`, type: 'uuid' }, ...attempt],
  });
}

/**
 * Walks along the chats of the requested student or class, otherwise of the tenant; for each along its
 * messages.
 */
function chatByChat({ tenantId, classId, filters }: SourceRequest): Walk {
  const inClass =
    classId === null ? sql`s.tenant_id = ${tenantId}::uuid` : sql`s.class_id = ${classId}::uuid`;
  const [ofOne] = when(filters.userId, (id) => sql`s.user_id = ${id}::uuid`);
  return ownerByOwner({
    outer: { from: sql`sessions s`, where: ofOne ?? inClass, id: sql`s.id` },
    inner: {
      from: sql`messages msg`,
      owner: sql`msg.session_id`,
      key: [{ value: sql`msg.seq`, type: 'integer' }],
    },
  });
}

/**
 * Each student of a class with each assignment that is not a draft: the attempt that counts, otherwise the
 * last, or none.
 */
export const gradebookSource: Source = {
  columns: [
    { name: 'student_id', type: 'text', value: sql`u.id` },
    { name: 'student_name', type: 'text', value: sql`u.name` },
    { name: 'student_email', type: 'text', value: sql`u.email` },
    { name: 'student_username', type: 'text', value: sql`u.username` },
    { name: 'assignment_id', type: 'text', value: sql`a.id` },
    { name: 'assignment_title', type: 'text', value: sql`a.title` },
    {
      name: 'due_at',
      type: 'time',
      value: sql`CASE WHEN s.submitted_at IS NULL THEN terms.due_at ELSE s.due_at_in_force END`,
    },
    { name: 'points', type: 'number', value: sql`a.points` },
    {
      name: 'state',
      type: 'text',
      value: sql`coalesce(s.state, CASE WHEN terms.excused THEN 'excused' ELSE 'not_started' END)`,
    },
    { name: 'attempt', type: 'integer', value: sql`s.attempt` },
    { name: 'submitted_at', type: 'time', value: sql`s.submitted_at` },
    { name: 'late', type: 'boolean', value: sql`s.late` },
    { name: 'late_by_seconds', type: 'integer', value: sql`s.late_by_seconds` },
    { name: 'score', type: 'number', value: sql`counts.score` },
    { name: 'returned_at', type: 'time', value: sql`s.returned_at` },
    { name: 'draft_score', type: 'number', value: sql`s.draft_score`, isDraft: true },
    { name: 'graded_at', type: 'time', value: sql`s.graded_at`, isDraft: true },
  ],
  walk: studentByStudent,
  isAtKey: sql`m.user_id = w.k0 AND a.id = w.k1`,
  pageRows: NARROW_PAGE,
  from: ({ snapshotAt }) => sql`class_members m
    JOIN classes c ON c.id = m.class_id
    JOIN groups g ON g.id = c.group_id
    JOIN users u ON u.id = m.user_id
    JOIN assignments a ON a.class_id = c.id
    LEFT JOIN LATERAL assignment_terms(a.id, m.user_id, ${snapshotAt}::timestamptz) terms ON TRUE
    LEFT JOIN LATERAL counting_grade(a.id, m.user_id, ${snapshotAt}::timestamptz) counts ON TRUE
    LEFT JOIN LATERAL (
      SELECT *
      FROM submissions s
      WHERE s.assignment_id = a.id
        AND s.user_id = m.user_id
        AND s.created_at <= ${snapshotAt}::timestamptz
        AND (counts.submission_id IS NULL OR s.id = counts.submission_id)
      ORDER BY s.attempt DESC
      LIMIT 1) s ON TRUE`,
  where: (request) => [
    inScope(request),
    sql`m.role = 'student' AND a.state <> 'draft' AND a.deleted_at IS NULL AND u.deleted_at IS NULL`,
    sql`m.created_at <= ${request.snapshotAt}::timestamptz
      AND a.created_at <= ${request.snapshotAt}::timestamptz`,
    ...when(request.filters.assignmentId, (id) => sql`a.id = ${id}::uuid`),
    ...when(request.filters.userId, (id) => sql`m.user_id = ${id}::uuid`),
  ],
  aboutUser: sql`m.user_id`,
};

/** Every attempt at every assignment, with the submitted work. */
export const submissionsSource: Source = {
  columns: [
    { name: 'submission_id', type: 'text', value: sql`s.id` },
    { name: 'class_id', type: 'text', value: sql`c.id` },
    { name: 'class_name', type: 'text', value: sql`c.name` },
    { name: 'assignment_id', type: 'text', value: sql`a.id` },
    { name: 'assignment_title', type: 'text', value: sql`a.title` },
    { name: 'student_id', type: 'text', value: sql`u.id` },
    { name: 'student_name', type: 'text', value: sql`u.name` },
    { name: 'attempt', type: 'integer', value: sql`s.attempt` },
    { name: 'tool_id', type: 'text', value: sql`s.tool_id` },
    { name: 'tool_version', type: 'integer', value: sql`s.tool_version` },
    { name: 'state', type: 'text', value: sql`s.state` },
    { name: 'started_at', type: 'time', value: sql`s.started_at` },
    { name: 'submitted_at', type: 'time', value: sql`s.submitted_at` },
    {
      name: 'due_at',
      type: 'time',
      value: sql`CASE
        WHEN s.submitted_at IS NULL THEN (
          SELECT terms.due_at
          FROM assignment_terms(s.assignment_id, s.user_id, now()) terms)
        ELSE s.due_at_in_force
      END`,
    },
    { name: 'late', type: 'boolean', value: sql`s.late` },
    { name: 'late_by_seconds', type: 'integer', value: sql`s.late_by_seconds` },
    { name: 'points', type: 'number', value: sql`a.points` },
    { name: 'score', type: 'number', value: sql`s.released_score` },
    { name: 'feedback', type: 'text', value: sql`s.released_feedback` },
    { name: 'returned_at', type: 'time', value: sql`s.returned_at` },
    { name: 'draft_score', type: 'number', value: sql`s.draft_score`, isDraft: true },
    { name: 'draft_feedback', type: 'text', value: sql`s.draft_feedback`, isDraft: true },
    { name: 'graded_at', type: 'time', value: sql`s.graded_at`, isDraft: true },
    { name: 'answer', type: 'text', value: sql`s.answer` },
  ],
  walk: attemptByAttempt,
  isAtKey: sql`s.assignment_id = w.k0 AND s.user_id = w.k1 AND s.attempt = w.k2`,
  pageRows: WIDE_PAGE,
  from: () => sql`submissions s
    JOIN assignments a ON a.id = s.assignment_id
    JOIN classes c ON c.id = a.class_id
    JOIN groups g ON g.id = c.group_id
    JOIN users u ON u.id = s.user_id`,
  where: (request) => [
    inScope(request),
    sql`a.deleted_at IS NULL AND s.created_at <= ${request.snapshotAt}::timestamptz`,
    ...duringPeriod(sql`s.started_at`, request),
    ...when(request.filters.assignmentId, (id) => sql`a.id = ${id}::uuid`),
    ...when(request.filters.userId, (id) => sql`s.user_id = ${id}::uuid`),
    ...when(request.filters.state, (state) => sql`s.state = ${state}`),
  ],
  aboutUser: sql`s.user_id`,
};

/** The messages of a class's chats. */
export const messagesSource: Source = {
  columns: [
    { name: 'session_id', type: 'text', value: sql`s.id` },
    { name: 'seq', type: 'integer', value: sql`msg.seq` },
    { name: 'class_id', type: 'text', value: sql`c.id` },
    { name: 'class_name', type: 'text', value: sql`c.name` },
    { name: 'student_id', type: 'text', value: sql`u.id` },
    { name: 'student_name', type: 'text', value: sql`u.name` },
    { name: 'tool_id', type: 'text', value: sql`s.tool_id` },
    { name: 'tool_name', type: 'text', value: sql`t.name` },
    { name: 'assignment_id', type: 'text', value: sql`sub.assignment_id` },
    { name: 'submission_id', type: 'text', value: sql`s.submission_id` },
    { name: 'role', type: 'text', value: sql`msg.role` },
    { name: 'state', type: 'text', value: sql`msg.state` },
    { name: 'sent_at', type: 'time', value: sql`msg.created_at` },
    { name: 'model', type: 'text', value: sql`msg.model` },
    { name: 'input_tokens', type: 'integer', value: sql`msg.input_tokens` },
    { name: 'output_tokens', type: 'integer', value: sql`msg.output_tokens` },
    { name: 'tokens_estimated', type: 'boolean', value: sql`msg.tokens_estimated` },
    { name: 'content', type: 'text', value: sql`msg.content` },
  ],
  walk: chatByChat,
  isAtKey: sql`msg.session_id = w.k0 AND msg.seq = w.k1`,
  pageRows: WIDE_PAGE,
  from: () => sql`messages msg
    JOIN sessions s ON s.id = msg.session_id
    JOIN classes c ON c.id = s.class_id
    JOIN groups g ON g.id = c.group_id
    JOIN users u ON u.id = s.user_id
    JOIN tools t ON t.id = s.tool_id
    LEFT JOIN submissions sub ON sub.id = s.submission_id`,
  where: (request) => [
    inScope(request),
    // An answer in progress has no final text yet.
    sql`msg.state <> 'streaming'`,
    ...duringPeriod(sql`msg.created_at`, request),
    ...when(request.filters.assignmentId, (id) => sql`sub.assignment_id = ${id}::uuid`),
    ...when(request.filters.userId, (id) => sql`s.user_id = ${id}::uuid`),
  ],
  aboutUser: sql`s.user_id`,
};
