import type { Database } from '../platform/db/database';
import { type Sql, sql } from '../platform/db/sql';

/** The owners of the rows. */
export interface BulkPlace {
  tenantId: string;
  classId: string;
  userId: string;
  toolId: string;
  /** A tenant that keeps its chats forever. */
  keepingTenantId: string;
  keepingToolId: string;
  eventId: string;
}

/**
 * Many rows for every job, written by the database itself. Rows that are due are a little more than a year
 * old, so that they are old under every setting.
 */
export class BulkRows {
  constructor(
    private readonly db: Database,
    private readonly place: BulkPlace,
  ) {}

  /** Adds `count` rows of each kind. */
  async add(count: number): Promise<void> {
    for (const statement of [
      ...this.credentials(count),
      ...this.jobs(count),
      ...this.chats(count),
      ...this.assignments(count),
      ...this.notifications(count),
      ...this.calls(count),
      ...this.trail(count),
    ])
      await this.db.execute(statement);
    await this.db.execute(sql`VACUUM ANALYZE`);
  }

  /** One row per index `n`. */
  private each(count: number): Sql {
    return sql`generate_series(1, ${count}::int) n`;
  }

  private credentials(count: number): Sql[] {
    const { userId } = this.place;
    const tokens = (ends: Sql): Sql =>
      sql`INSERT INTO refresh_tokens (id, user_id, family_id, token_hash, expires_at, family_expires_at)
          SELECT id, ${userId}::uuid, id, sha256(id::text::bytea), ${ends}, ${ends} FROM (SELECT gen_random_uuid() AS id, n FROM ${this.each(count)}) made`;
    return [
      tokens(OLD),
      tokens(sql`now() + interval '1 day'`),
      sql`INSERT INTO api_tokens (id, user_id, name, token_hash, prefix, scopes, expires_at)
          SELECT id, ${userId}::uuid, 'Old', sha256(id::text::bytea), 'rpt_12345678', '{read}', ${OLD} FROM (SELECT gen_random_uuid() AS id, n FROM ${this.each(count)}) made`,
      sql`INSERT INTO idempotency_keys (id, user_id, key, route, request_hash, response_status, response_headers, response_body, expires_at)
          SELECT id, ${userId}::uuid, id::text, 'POST /groups', 'hash', 201, '{}', '{}', ${OLD} FROM (SELECT gen_random_uuid() AS id, n FROM ${this.each(count)}) made`,
    ];
  }

  private jobs(count: number): Sql[] {
    const { tenantId, userId, toolId, classId } = this.place;
    const outbox = (workflowId: Sql, subject: Sql, from: Sql, startedAt: Sql | null): Sql =>
      sql`INSERT INTO outbox (id, tenant_id, workflow, task_queue, workflow_id, input, summary, subject_id, state, started_at, available_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, 'exportData', 'default', ${workflowId}, '{}', 'A job', ${subject},
                 ${startedAt === null ? 'pending' : 'started'}, ${startedAt ?? sql`NULL`}, now() - interval '1 hour' FROM ${from}`;
    const runs = (startedAt: Sql): Sql =>
      sql`WITH made AS (INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, input, created_at)
            SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, ${toolId}::uuid, 1, '{}', ${startedAt} FROM ${this.each(count)} RETURNING id, created_at)
          ${outbox(sql`'run/' || id`, sql`id`, sql`made`, sql`created_at`)}`;
    const ended = sql`${tenantId}::uuid, ${userId}::uuid, 'roster', 'csv', ${classId}::uuid`;
    const exported = sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, class_id, state`;
    return [
      outbox(sql`'done/' || gen_random_uuid()`, sql`NULL`, this.each(count), OLD),
      outbox(sql`'due/' || gen_random_uuid()`, sql`NULL`, this.each(count), null),
      runs(OLD),
      runs(sql`now() - make_interval(secs => n)`),
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, input, state, output, finished_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, ${toolId}::uuid, 1, '{}', 'succeeded', '{}', ${OLD} FROM ${this.each(count)}`,
      sql`${exported}, finished_at, files_deleted_at) SELECT gen_random_uuid(), ${ended}, 'cancelled', ${OLD}, ${OLD} FROM ${this.each(count)}`,
      sql`${exported}, finished_at) SELECT gen_random_uuid(), ${ended}, 'cancelled', ${OLD} FROM ${this.each(count)}`,
      sql`WITH made AS (${exported}, created_at) SELECT gen_random_uuid(), ${ended}, 'queued', ${OLD} FROM ${this.each(count)} RETURNING id, created_at)
          ${outbox(sql`'export/' || id`, sql`id`, sql`made`, sql`created_at`)}`,
      sql`WITH made AS (${exported}, created_at) SELECT gen_random_uuid(), ${ended}, 'queued', now() - make_interval(secs => n) FROM ${this.each(count)} RETURNING id, created_at)
          ${outbox(sql`'export/' || id`, sql`id`, sql`made`, sql`created_at`)}`,
    ];
  }

  private chats(count: number): Sql[] {
    const { tenantId, keepingTenantId, userId, toolId, keepingToolId } = this.place;
    const sessions = (tenant: string, tool: string, columns: Sql, values: Sql): Sql =>
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, ${columns})
          SELECT gen_random_uuid(), ${tenant}::uuid, ${userId}::uuid, ${tool}::uuid, 1, ${values} FROM ${this.each(count)}`;
    const ending = sql`state, ended_at, last_activity_at`;
    return [
      sessions(tenantId, toolId, sql`last_activity_at`, OLD),
      sessions(tenantId, toolId, sql`last_activity_at`, sql`now() - make_interval(secs => n)`),
      sessions(
        tenantId,
        toolId,
        sql`turn_deadline_at`,
        sql`now() - interval '1 hour' - make_interval(secs => n)`,
      ),
      sessions(tenantId, toolId, ending, sql`'completed', ${OLD}, ${OLD}`),
      // Older still, so that a query for the oldest rows finds them first.
      sessions(keepingTenantId, keepingToolId, ending, sql`'completed', ${OLDER}, ${OLDER}`),
    ];
  }

  private assignments(count: number): Sql[] {
    const { tenantId, classId, userId, toolId } = this.place;
    const made = (dates: Sql, values: Sql): Sql =>
      sql`INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, state, published_at, created_by, ${dates})
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${classId}::uuid, ${toolId}::uuid, 1, 'Assignment ' || n, 'published', ${OLD}, ${userId}::uuid, ${values} FROM ${this.each(count)}`;
    const soon = sql`now() + interval '1 hour' + make_interval(secs => n % 3000)`;
    const justNow = sql`now() - interval '1 hour' - make_interval(secs => n % 3000)`;
    return [
      made(sql`due_at`, soon),
      made(sql`opens_at`, justNow),
      sql`WITH a AS (${made(sql`due_at`, sql`now() + interval '300 days'`)} RETURNING id)
          INSERT INTO assignment_overrides (id, assignment_id, user_id, opens_at, due_at) SELECT gen_random_uuid(), id, ${userId}::uuid, now() - interval '2 hours', now() + interval '2 hours' FROM a`,
      sql`WITH a AS (${made(sql`due_at`, sql`now() + interval '300 days'`)} RETURNING id)
          INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version, answer)
          SELECT gen_random_uuid(), ${tenantId}::uuid, id, ${userId}::uuid, 1, ${toolId}::uuid, 1, 'Mine' FROM a`,
      sql`INSERT INTO assignment_reminders (id, assignment_id, user_id, due_at)
          SELECT gen_random_uuid(), a.id, ${userId}::uuid, ${OLD} FROM (SELECT id, row_number() OVER () AS n FROM assignments WHERE due_at > now() + interval '1 day') a
          ON CONFLICT DO NOTHING`,
    ];
  }

  private notifications(count: number): Sql[] {
    const { tenantId, eventId } = this.place;
    const event = (createdAt: Sql): Sql =>
      sql`INSERT INTO notification_events (id, tenant_id, event, subject_id, user_ids, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, 'export.ready', gen_random_uuid(), '{}', ${createdAt} FROM ${this.each(count)}`;
    return [
      event(OLD),
      sql`WITH e AS (${event(OLDER)} RETURNING id, created_at),
            told AS (INSERT INTO notifications (id, event_id, user_id, created_at, read_at)
              SELECT gen_random_uuid(), e.id, ${this.place.userId}::uuid, e.created_at, now() FROM e RETURNING id)
          INSERT INTO notification_deliveries (id, notification_id, channel, state, due_at, finished_at)
          SELECT gen_random_uuid(), id, 'email', 'sent', now(), now() FROM told`,
      // The recipients of one event.
      sql`WITH people AS (INSERT INTO users (id, tenant_id, email, name)
              SELECT id, ${tenantId}::uuid, id || '@example.org', 'Person ' || n FROM (SELECT gen_random_uuid() AS id, n FROM ${this.each(count)}) made RETURNING id),
            told AS (INSERT INTO notifications (id, event_id, user_id) SELECT gen_random_uuid(), ${eventId}::uuid, id FROM people RETURNING id)
          INSERT INTO notification_deliveries (id, notification_id, channel, due_at)
          SELECT gen_random_uuid(), id, 'email', now() - interval '1 hour' FROM told`,
      sql`UPDATE notification_events SET user_ids = ARRAY(SELECT user_id FROM notifications WHERE event_id = ${eventId}::uuid) WHERE id = ${eventId}::uuid`,
    ];
  }

  private calls(count: number): Sql[] {
    const { tenantId, userId } = this.place;
    const day = sql`date '2026-01-01' + n % 100`;
    return [
      sql`INSERT INTO ai_calls (id, tenant_id, user_id, purpose, provider, model, created_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, 'chat', 'test', 'small', ${OLD} FROM ${this.each(count)}`,
      sql`INSERT INTO ai_calls (id, tenant_id, user_id, purpose, provider, model, created_at, state, settled_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, 'chat', 'test', 'small', ${OLD}, 'succeeded', ${OLD} FROM ${this.each(count)}`,
      sql`INSERT INTO usage_days (id, tenant_id, day, time_zone, starts_at, ends_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${day}, 'UTC', (${day})::timestamptz, (${day})::timestamptz + interval '1 day' FROM generate_series(1, 100) n ON CONFLICT DO NOTHING`,
      sql`INSERT INTO usage_daily (id, tenant_id, day, group_id, model, role, calls, failed_calls, aborted_calls, input_tokens, output_tokens, cost_micros)
          SELECT gen_random_uuid(), ${tenantId}::uuid, ${day}, ${tenantId}::uuid, gen_random_uuid()::text, 'student', 1, 0, 0, 1, 1, 1 FROM ${this.each(count)}`,
    ];
  }

  private trail(count: number): Sql[] {
    const { tenantId, keepingTenantId } = this.place;
    const events = (chain: string): Sql =>
      sql`INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type) SELECT gen_random_uuid(), ${chain}::uuid, 'system', 'thing.made', 'thing' FROM ${this.each(count)}`;
    return [
      events(tenantId),
      sql`WITH e AS (${events(keepingTenantId)} RETURNING id, seq)
          INSERT INTO audit_seals (id, chain_id, position, hash) SELECT id, ${keepingTenantId}::uuid, seq, sha256(id::text::bytea) FROM e`,
    ];
  }
}

const OLD = sql`now() - interval '400 days' - make_interval(secs => n)`;
const OLDER = sql`now() - interval '500 days' - make_interval(secs => n)`;
