/**
 * What the bare server runs for a target: one statement with the same answer as the API, without a check of
 * who asks. The parameters come from the path, in this order.
 */
export interface BareTarget {
  pattern: RegExp;
  method: 'GET' | 'POST' | 'PATCH';
  text: string;
  /** Turns the rows into the body. */
  body(rows: Record<string, unknown>[]): unknown;
  values(match: RegExpExecArray, url: URL, body: Record<string, unknown>): unknown[];
}

const one = (rows: Record<string, unknown>[]) => ({ data: rows[0] ?? null });
const page = (rows: Record<string, unknown>[]) => ({
  data: rows,
  meta: { pagination: { page: 1, limit: 20, total: rows[0]?.total ?? 0, totalPages: 1 } },
});
const first = (match: RegExpExecArray) => [match[1]];
const counted = (columns: string, source: string, order: string) =>
  `SELECT counted.total, slice.* FROM (SELECT count(*)::int AS total ${source}) counted LEFT JOIN (SELECT ${columns} ${source} ORDER BY ${order} LIMIT 20) slice ON TRUE`;

const GROUP =
  'g.id, g.parent_id AS "parentId", g.tenant_id AS "tenantId", g.kind, g.name, g.settings, g.theme, nlevel(g.path) AS depth, g.revision, g.created_at AS "createdAt", g.updated_at AS "updatedAt"';
const SUBMISSION =
  's.id, s.assignment_id AS "assignmentId", s.user_id AS "userId", u.name AS "userName", s.attempt, s.state, s.late, s.submitted_at AS "submittedAt", s.draft_score AS "draftScore", s.released_score AS "releasedScore", s.updated_at AS "updatedAt"';

export const BARE_TARGETS: Readonly<Record<string, BareTarget>> = {
  group: {
    method: 'GET',
    pattern: /^\/api\/v1\/groups\/([^/]+)$/,
    text: `SELECT ${GROUP} FROM groups g WHERE g.id = $1 AND g.deleted_at IS NULL`,
    values: first,
    body: one,
  },
  descendants: {
    method: 'GET',
    pattern: /^\/api\/v1\/groups\/([^/]+)\/descendants$/,
    values: first,
    body: page,
    text: counted(
      GROUP,
      'FROM groups p JOIN groups g ON g.path <@ p.path AND g.id <> p.id WHERE p.id = $1 AND g.deleted_at IS NULL',
      'g.name, g.id',
    ),
  },
  theme: {
    method: 'GET',
    pattern: /^\/api\/v1\/groups\/([^/]+)\/theme\/resolved$/,
    values: first,
    text: 'SELECT a.id, a.name, a.theme FROM groups g JOIN groups a ON a.path @> g.path WHERE g.id = $1 ORDER BY nlevel(a.path)',
    body: (rows) => ({
      data: { theme: rows.reduce((merged, row) => Object.assign(merged, row.theme), {}) },
    }),
  },
  roster: {
    method: 'GET',
    pattern: /^\/api\/v1\/classes\/([^/]+)\/roster$/,
    values: first,
    body: page,
    text: counted(
      'u.id, u.name, u.email, m.role, m.created_at AS "joinedAt"',
      'FROM class_members m JOIN users u ON u.id = m.user_id WHERE m.class_id = $1 AND u.deleted_at IS NULL',
      'u.name, u.id',
    ),
  },
  'class assignments': {
    method: 'GET',
    pattern: /^\/api\/v1\/classes\/([^/]+)\/assignments$/,
    values: first,
    body: page,
    text: counted(
      'a.id, a.title, a.instructions, a.state, a.opens_at AS "opensAt", a.due_at AS "dueAt", a.closes_at AS "closesAt", a.points, a.max_attempts AS "maxAttempts", a.tool_id AS "toolId", a.tool_version AS "toolVersion", a.created_at AS "createdAt", a.updated_at AS "updatedAt"',
      'FROM assignments a WHERE a.class_id = $1 AND a.deleted_at IS NULL',
      'a.created_at DESC, a.id',
    ),
  },
  submissions: {
    method: 'GET',
    pattern: /^\/api\/v1\/assignments\/([^/]+)\/submissions$/,
    values: first,
    body: page,
    text: counted(
      SUBMISSION,
      'FROM submissions s JOIN users u ON u.id = s.user_id WHERE s.assignment_id = $1',
      's.updated_at DESC, s.id',
    ),
  },
  users: {
    method: 'GET',
    pattern: /^\/api\/v1\/users$/,
    body: page,
    values: (_match, url) => [`%${url.searchParams.get('q') ?? ''}%`],
    text: counted(
      'u.id, u.name, u.email, u.status, u.locale, u.created_at AS "createdAt", u.updated_at AS "updatedAt"',
      "FROM users u WHERE u.tenant_id = '00000001-0000-7000-8000-000000000000' AND u.deleted_at IS NULL AND search_fold(u.name || ' ' || u.email) LIKE $1",
      'u.name, u.id',
    ),
  },
  me: {
    method: 'GET',
    pattern: /^\/api\/v1\/auth\/me$/,
    values: (_match, url) => [url.searchParams.get('user')],
    body: one,
    text: `SELECT u.id, u.name, u.email, u.locale, u.is_platform_admin AS "isPlatformAdmin",
      (SELECT json_agg(json_build_object('groupId', g.id, 'name', g.name, 'role', m.role)) FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id) AS groups,
      (SELECT json_agg(json_build_object('classId', c.id, 'name', c.name, 'role', m.role)) FROM class_members m JOIN classes c ON c.id = m.class_id WHERE m.user_id = u.id) AS classes
      FROM users u WHERE u.id = $1`,
  },
  tool: {
    method: 'GET',
    pattern: /^\/api\/v1\/tools\/([^/]+)$/,
    values: first,
    body: one,
    text: 'SELECT t.id, t.group_id AS "groupId", t.author_id AS "authorId", t.type, t.visibility, t.state, t.current_version AS version, v.definition, t.created_at AS "createdAt", t.updated_at AS "updatedAt" FROM tools t JOIN tool_versions v ON v.tool_id = t.id AND v.version = t.current_version WHERE t.id = $1',
  },
  'submission start': {
    method: 'POST',
    pattern: /^\/api\/v1\/assignments\/([^/]+)\/submissions$/,
    body: one,
    values: (match, url) => [match[1], url.searchParams.get('user')],
    text: `INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version)
      SELECT gen_random_uuid(), a.tenant_id, a.id, $2, 1 + coalesce((SELECT max(attempt) FROM submissions s WHERE s.assignment_id = a.id AND s.user_id = $2), 0), a.tool_id, a.tool_version
      FROM assignments a WHERE a.id = $1 ON CONFLICT DO NOTHING RETURNING id, attempt, state, started_at AS "startedAt"`,
  },
  message: {
    method: 'POST',
    pattern: /^\/api\/v1\/sessions\/([^/]+)\/messages$/,
    body: one,
    values: (match, _url, body) => [match[1], body.content, body.answer],
    text: `WITH s AS (UPDATE sessions SET last_seq = last_seq + 2, message_count = message_count + 1, last_activity_at = now() WHERE id = $1 RETURNING id, last_seq)
      INSERT INTO messages (id, session_id, seq, role, content)
      SELECT gen_random_uuid(), s.id, s.last_seq - 1, 'user', $2 FROM s UNION ALL SELECT gen_random_uuid(), s.id, s.last_seq, 'assistant', $3 FROM s RETURNING id, seq, role, content`,
  },
  'group move': {
    method: 'PATCH',
    pattern: /^\/api\/v1\/groups\/([^/]+)$/,
    body: one,
    values: (match, _url, body) => [match[1], body.parentId],
    text: `WITH moved AS (SELECT g.path AS old, p.path || subpath(g.path, -1, 1) AS new FROM groups g, groups p WHERE g.id = $1 AND p.id = $2)
      UPDATE groups g SET parent_id = CASE WHEN g.id = $1 THEN $2 ELSE g.parent_id END,
        path = CASE WHEN g.path = moved.old THEN moved.new ELSE moved.new || subpath(g.path, nlevel(moved.old)) END
      FROM moved WHERE g.path <@ moved.old RETURNING ${GROUP}`,
  },
};
