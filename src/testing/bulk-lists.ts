import type { Database } from '../platform/db/database';
import { type Sql, sql } from '../platform/db/sql';

/** The place of the rows that lists show. */
export interface ListedPlace {
  tenantId: string;
  otherTenantId: string;
  path: string;
  /** The number of its classes grows; its people and tools do not. */
  schoolId: string;
  /** A class whose work grows. */
  classId: string;
  /** The students of that class. */
  studentIds: readonly string[];
  toolId: string;
  /** The owner of personal rows. */
  userId: string;
  sessionId: string;
}

/**
 * A district that grows as districts do: more schools, with more classes, people and tools. One school, one
 * class and one person's own rows grow, too. The database writes the rows itself, each with its own dates.
 */
export class BulkLists {
  constructor(
    private readonly db: Database,
    private readonly place: ListedPlace,
  ) {}

  /** Adds `count` rows for each list. */
  async add(count: number): Promise<void> {
    for (const statement of [
      ...this.groups(count),
      ...this.people(count),
      ...this.tools(count),
      ...this.work(count),
      ...this.own(count),
    ])
      await this.db.execute(statement);
    await this.db.execute(sql`VACUUM ANALYZE`);
  }

  private groups(count: number): Sql[] {
    const { tenantId, path, schoolId, classId } = this.place;
    const label = sql`'g_' || right(replace(id::text, '-', ''), 12)`;
    const named = (what: string): Sql => sql`${what}::text || ' ' || left(md5(id::text), 8)`;
    return [
      sql`WITH schools AS (INSERT INTO groups (id, parent_id, tenant_id, path, name, kind, created_at)
              SELECT id, ${tenantId}::uuid, ${tenantId}::uuid, (${path} || '.' || ${label})::ltree, ${named('School')}, 'school', ${PAST}
              FROM (SELECT gen_random_uuid() AS id, n FROM ${each(count / 8)}) made RETURNING id, path)
          INSERT INTO groups (id, parent_id, tenant_id, path, name, created_at)
          SELECT id, school, ${tenantId}::uuid, path || (${label})::ltree, ${named('Group')}, ${PAST}
          FROM (SELECT gen_random_uuid() AS id, s.id AS school, s.path, n FROM schools s, ${each(3)}) made`,
      sql`WITH places AS (SELECT array_agg(id ORDER BY md5(id::text)) AS ids FROM groups WHERE tenant_id = ${tenantId}::uuid AND name <> 'Quiet')
          INSERT INTO classes (id, tenant_id, group_id, name, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ids[1 + n % cardinality(ids)], 'Class ' || md5(n::text), ${PAST} FROM places, ${each(count)}`,
      sql`INSERT INTO classes (id, tenant_id, group_id, name, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${schoolId}::uuid, 'Class ' || md5(n::text), ${PAST} FROM ${each(count / 4)}`,
      sql`INSERT INTO invitations (id, tenant_id, group_id, email, role, expires_at, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${tenantId}::uuid, md5(n || clock_timestamp()::text) || '@example.org', 'student', now() + interval '1 day', ${PAST} FROM ${each(count)}`,
      sql`INSERT INTO invitations (id, tenant_id, class_id, email, role, expires_at, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${classId}::uuid, md5(n || clock_timestamp()::text) || '@example.org', 'student', now() + interval '1 day', ${PAST} FROM ${each(count)}`,
      sql`ANALYZE groups, classes, invitations`,
    ];
  }

  private people(count: number): Sql[] {
    const { tenantId, schoolId } = this.place;
    const people = (name: string, group: Sql, role: string, each: Sql): Sql =>
      sql`WITH places AS (SELECT array_agg(id ORDER BY md5(id::text)) AS ids FROM groups WHERE tenant_id = ${tenantId}::uuid AND name <> 'Quiet'),
            u AS (INSERT INTO users (id, tenant_id, email, name, created_at, last_login_at)
              SELECT id, ${tenantId}::uuid, id || '@example.org', ${name} || ' ' || left(md5(id::text), 8), ${PAST}, now()
              FROM (SELECT gen_random_uuid() AS id, n FROM ${each}) made RETURNING id, created_at)
          INSERT INTO group_members (id, group_id, user_id, role, created_at)
          SELECT gen_random_uuid(), ${group}, id, ${role}, created_at FROM (SELECT u.*, row_number() OVER () AS n FROM u) u, places`;
    return [
      people('Student', sql`ids[1 + n % cardinality(ids)]`, 'student', each(count)),
      people('Staff', sql`${tenantId}::uuid`, 'teacher', each(count / 4)),
      sql`WITH c AS (SELECT array_agg(id ORDER BY md5(id::text)) AS ids FROM classes WHERE tenant_id = ${tenantId}::uuid AND group_id <> ${schoolId}::uuid AND name <> 'Quiet')
          INSERT INTO class_members (id, class_id, user_id, role, created_at)
          SELECT gen_random_uuid(), ids[1 + (u.n * 7 + k) % cardinality(ids)], u.id, 'student', u.created_at
          FROM c, (SELECT id, created_at, row_number() OVER () AS n FROM users WHERE tenant_id = ${tenantId}::uuid AND name LIKE 'Student %') u, generate_series(0, 4) k
          ON CONFLICT DO NOTHING`,
      sql`ANALYZE users, group_members, class_members`,
    ];
  }

  private tools(count: number): Sql[] {
    const { tenantId, otherTenantId, toolId, userId } = this.place;
    const version = sql`'{"name":"Tool","version":"1","type":"chat","behavior":"Ask."}', encode(sha256(id::text::bytea), 'hex')`;
    const tools = (tenant: string, group: Sql, visibility: Sql, rows: Sql): Sql =>
      sql`WITH places AS (SELECT array_agg(id ORDER BY md5(id::text)) AS ids FROM groups WHERE tenant_id = ${tenant}::uuid),
            authors AS (SELECT array_agg(user_id ORDER BY md5(user_id::text)) AS ids FROM group_members WHERE role = 'teacher'),
            t AS (INSERT INTO tools (id, tenant_id, group_id, author_id, type, visibility, state, name, created_at)
              SELECT gen_random_uuid(), ${tenant}::uuid, ${group}, authors.ids[1 + n % cardinality(authors.ids)], 'chat', ${visibility}, 'published', 'Tool ' || md5(n::text), ${PAST}
              FROM places, authors, ${rows} RETURNING id, author_id)
          INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
          SELECT gen_random_uuid(), id, 1, ${version}, author_id FROM t`;
    const anyVisibility = sql`(ARRAY['private', 'group', 'group', 'group', 'tenant', 'public'])[1 + n % 6]`;
    return [
      tools(tenantId, sql`places.ids[1 + n % cardinality(places.ids)]`, anyVisibility, each(count)),
      tools(
        otherTenantId,
        sql`${otherTenantId}::uuid`,
        sql`(ARRAY['group', 'public'])[1 + n % 2]`,
        each(count / 4),
      ),
      sql`INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
          SELECT id, ${toolId}::uuid, (SELECT max(version) FROM tool_versions WHERE tool_id = ${toolId}::uuid) + n, ${version}, ${userId}::uuid
          FROM (SELECT gen_random_uuid() AS id, n FROM ${each(count)}) made`,
    ];
  }

  private work(count: number): Sql[] {
    const { tenantId, classId, userId, toolId, studentIds } = this.place;
    const assignments = (schoolClass: Sql, from: Sql): Sql =>
      sql`INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, state, published_at, created_by, created_at, due_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${schoolClass}, ${toolId}::uuid, 1, 'Assignment ' || md5(n::text), 'published', now(), ${userId}::uuid, ${PAST}, now() + make_interval(secs => n)
          FROM ${from}`;
    return [
      assignments(
        sql`id`,
        sql`(SELECT id, row_number() OVER () AS n FROM classes WHERE tenant_id = ${tenantId}::uuid) c`,
      ),
      sql`WITH a AS (${assignments(sql`${classId}::uuid`, each(count / 8))} RETURNING id, created_at)
          INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version, state, submitted_at, started_at, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, a.id, s.id, 1, ${toolId}::uuid, 1, 'submitted', moment, moment, moment
          FROM a, unnest(${[...studentIds]}::uuid[]) s(id), LATERAL (SELECT a.created_at + make_interval(secs => random() * 1000) AS moment) m`,
    ];
  }

  private own(count: number): Sql[] {
    const { tenantId, userId, toolId, classId, sessionId, studentIds } = this.place;
    return [
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, input, state, output, finished_at, created_at, updated_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, ${toolId}::uuid, 1, ${classId}::uuid, '{}', 'succeeded', '{}', now(), ${PAST}, ${PAST} FROM ${each(count)}`,
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, state, ended_at, created_at, last_activity_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, ${toolId}::uuid, 1, 'completed', now(), day, day FROM ${each(count)}, ${HOURS}`,
      // Chats are hours apart, because those of one day in a class share their limits.
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, state, ended_at, created_at, last_activity_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, (${[...studentIds]}::uuid[])[1 + n % ${studentIds.length}], ${toolId}::uuid, 1, ${classId}::uuid, 'completed', now(), day, day
          FROM ${each(count)}, ${HOURS}`,
      sql`INSERT INTO messages (id, session_id, seq, role, content)
          SELECT gen_random_uuid(), ${sessionId}::uuid, coalesce((SELECT max(seq) FROM messages WHERE session_id = ${sessionId}::uuid), 0) + n, 'user', 'Words' FROM ${each(count)}`,
      sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, class_id, state, finished_at, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, 'roster', 'csv', ${classId}::uuid, 'cancelled', now(), ${PAST} FROM ${each(count)}`,
      sql`WITH e AS (INSERT INTO notification_events (id, tenant_id, event, subject_id, user_ids)
              SELECT gen_random_uuid(), ${tenantId}::uuid, 'export.ready', gen_random_uuid(), '{}' FROM ${each(count)} RETURNING id)
          INSERT INTO notifications (id, event_id, user_id, created_at)
          SELECT gen_random_uuid(), id, ${userId}::uuid, now() - make_interval(secs => row_number() OVER ()) FROM e`,
      sql`INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, 'system', 'thing.made', 'thing', ${PAST} FROM ${each(count)}`,
    ];
  }
}

/** One row per index `n`. */
const each = (count: number): Sql => sql`generate_series(1, ${Math.ceil(count)}::int) n`;
const PAST = sql`now() - make_interval(secs => n * 10 + random() * 1000)`;
const HOURS = sql`LATERAL (SELECT now() - make_interval(hours => n, secs => random() * 1000) AS day) d`;
