import { z } from 'zod';
import { IdRow } from '../../platform/db/columns';
import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { walked } from '../../testing/walked';
import { buildClassroom, type Classroom } from './sessions.builder';

const CountRow = z.object({ n: z.number() });
describe('how long chats are kept', () => {
  let app: TestApp;
  let room: Classroom;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await db().execute(sql`DELETE FROM sessions`);
    room = await buildClassroom(app);
  });

  const db = () => app.container.platform.db;
  const clean = (limit = 100) => walked(limit, (part) => app.container.sessions.cleanup.deleteOld(part));
  const keep = (groupId: string, days: number | null) =>
    db().execute(
      sql`UPDATE groups SET settings = ${JSON.stringify(days === null ? {} : { privacy: { chatRetentionDays: days } })}::jsonb WHERE id = ${groupId}::uuid`,
    );

  /** Creates a chat with two messages, the last one so many days ago. @returns its id */
  async function chat(
    days: number,
    { of = room, submissionId = null as string | null, outsideOfClass = false, state = 'completed' } = {},
  ): Promise<string> {
    const row = await db().row(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, state, last_seq, last_activity_at, ended_at)
          VALUES (gen_random_uuid(), ${of.school.tenantId}::uuid, ${of.student.id}::uuid, ${of.tool.id}::uuid, 1,
                  ${outsideOfClass ? null : of.schoolClass.id}::uuid, ${submissionId}::uuid, ${state}, 2, now() - make_interval(days => ${days}::int),
                  CASE WHEN ${state} = 'active' THEN NULL ELSE now() END)
          RETURNING id`,
      IdRow,
    );
    const id = row?.id as string;
    await db().execute(
      sql`INSERT INTO messages (id, session_id, seq, role, content) SELECT gen_random_uuid(), ${id}::uuid, n, 'user', 'Hello' FROM generate_series(1, 2) n`,
    );
    return id;
  }
  async function left(ids: readonly string[]): Promise<boolean[]> {
    const rows = await db().rows(sql`SELECT id FROM sessions WHERE id = ANY (${[...ids]}::uuid[])`, IdRow);
    return ids.map((id) => rows.some((row) => row.id === id));
  }
  const count = async (of: ReturnType<typeof sql>) =>
    (await db().row(sql`SELECT count(*) AS n FROM ${of}`, CountRow))?.n;

  it('keeps chats forever if no group limits it', async () => {
    const old = await chat(4_000);
    expect(await clean()).toBe(0);
    expect(await left([old])).toEqual([true]);
  });

  it('is as long as the group says, from the last message on, with all that was said and without what it cost', async () => {
    const other = await buildClassroom(app);
    await keep(room.school.id, 30);
    const ids = [
      await chat(31),
      await chat(31, { outsideOfClass: true }),
      await chat(29),
      await chat(31, { state: 'active' }),
      await chat(31, { of: other }),
    ];
    await db().execute(
      sql`INSERT INTO ai_calls (id, tenant_id, user_id, session_id, purpose, provider, model, state, settled_at, cost_micros)
          VALUES (gen_random_uuid(), ${room.school.tenantId}::uuid, ${room.student.id}::uuid, ${ids[0]}::uuid, 'chat', 'test', 'test', 'succeeded', now(), 7)`,
    );
    expect(await clean()).toBe(2);
    expect(await clean()).toBe(0);
    expect(await left(ids)).toEqual([false, false, true, true, true]);
    expect(await count(sql`messages WHERE session_id = ${ids[0]}::uuid`)).toBe(0);
    expect(
      await count(
        sql`ai_calls WHERE tenant_id = ${room.school.tenantId}::uuid AND session_id IS NULL AND cost_micros = 7`,
      ),
    ).toBe(1);
    const trail = await db().row(
      sql`SELECT (details ->> 'count')::int AS n FROM audit_events WHERE action = 'session.deleted_old' AND tenant_id = ${room.school.tenantId}::uuid AND actor_kind = 'system'`,
      CountRow,
    );
    expect(trail).toEqual({ n: 2 });
  });

  it('is the least of what all groups above say', async () => {
    const district = await room.world.group();
    const school = await room.world.group({ under: district });
    const schoolClass = await room.world.class(school);
    const of = { ...room, school, schoolClass };
    const both = [await chat(15, { of }), await chat(5, { of })];
    await keep(district.id, 20);
    expect(await clean()).toBe(0);
    await keep(school.id, 10);
    expect(await clean()).toBe(1);
    expect(await left(both)).toEqual([false, true]);
    await keep(district.id, 4);
    expect(await clean()).toBe(1);
  });

  it('keeps submitted work that is not returned for the teacher', async () => {
    await keep(room.school.id, 1);
    const assignment = await room.world.assignment(room.schoolClass, room.tool, room.teacher);
    const work = await room.world.submission(assignment, room.student);
    const id = await chat(40, { submissionId: work.id });
    const inState = (state: string) =>
      db().execute(
        sql`UPDATE submissions SET state = ${state}, submitted_at = now(), late = FALSE, late_by_seconds = 0,
              returned_at = CASE WHEN ${state} = 'returned' THEN now() END WHERE id = ${work.id}::uuid`,
      );
    await inState('submitted');
    expect(await clean()).toBe(0);
    await inState('returned');
    expect(await clean()).toBe(1);
    expect(await left([id])).toEqual([false]);
  });

  it('waits for no teacher of a class that is gone', async () => {
    await keep(room.school.id, 1);
    const assignment = await room.world.assignment(room.schoolClass, room.tool, room.teacher);
    const work = await room.world.submission(assignment, room.student);
    await chat(40, { submissionId: work.id });
    await db().execute(
      sql`UPDATE submissions SET state = 'submitted', submitted_at = now(), late = FALSE, late_by_seconds = 0 WHERE id = ${work.id}::uuid`,
    );
    await db().execute(sql`UPDATE classes SET deleted_at = now() WHERE id = ${room.schoolClass.id}::uuid`);
    expect(await clean()).toBe(1);
  });

  it('deletes each run once, however many clean-ups run at once', async () => {
    await keep(room.school.id, 1);
    for (let n = 0; n < 20; n += 1) await chat(2);
    const counts = await Promise.all(Array.from({ length: 4 }, () => clean(6)));
    expect(counts.reduce((sum, each) => sum + each, await clean())).toBe(20);
  });
});
