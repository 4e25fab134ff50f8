import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { walked } from '../../testing/walked';
import { buildClassroom, buildSession, type Classroom, storedMessages } from './sessions.builder';

describe('the clean-up of sessions', () => {
  let app: TestApp;
  let room: Classroom;
  beforeAll(async () => {
    app = await createTestApp();
    room = await buildClassroom(app, { constraints: { max_session_duration: 60 } });
  });
  afterAll(() => app.close());

  const cleanup = () => app.container.sessions.cleanup;
  /** Does what the job does, in batches of this size. @returns how many were completed */
  const run = async (limit = 100) => {
    while ((await cleanup().freeStuckTurns({ limit })) === limit);
    await walked(limit, (part) => cleanup().endOverdue(part));
    return cleanup().completeIdle({ idleHours: 24, limit });
  };
  const set = (id: string, assignment: ReturnType<typeof sql>) =>
    app.container.platform.db.execute(sql`UPDATE sessions SET ${assignment} WHERE id = ${id}::uuid`);
  const stateOf = async (id: string) => (await room.asStudent.get(`/sessions/${id}`)).body.data.state;
  const withTool = async (constraints: Record<string, unknown>) => {
    const tool = await room.world.tool(room.school, room.teacher, { definition: { constraints } });
    await room.world.assignment(room.schoolClass, tool, room.teacher);
    return buildSession({ ...room, tool });
  };
  const untimed = () => withTool({});

  it('completes sessions that were idle for a day, in batches, each once', async () => {
    const idle = [await untimed(), await untimed(), await untimed()];
    const busy = await untimed();
    for (const id of idle) await set(id, sql`last_activity_at = now() - interval '25 hours'`);
    await set(busy, sql`last_activity_at = now() - interval '23 hours'`);
    expect(await run(2)).toBe(2);
    expect(await run(2)).toBe(1);
    expect(await run(2)).toBe(0);
    expect(await Promise.all(idle.map(stateOf))).toEqual(['completed', 'completed', 'completed']);
    expect(await stateOf(busy)).toBe('active');
    const trail = await app.container.platform.db.execute(
      sql`SELECT 1 FROM audit_events WHERE action = 'session.completed_idle' AND tenant_id = ${room.schoolClass.tenantId}::uuid AND actor_kind = 'system'`,
    );
    expect(trail).toBe(2);
  });

  it('never completes one twice, however many clean-ups run at once', async () => {
    const idle = await Promise.all(Array.from({ length: 10 }, untimed));
    for (const id of idle) await set(id, sql`last_activity_at = now() - interval '25 hours'`);
    const counts = await Promise.all(Array.from({ length: 4 }, () => run(10)));
    const rest = await run(10);
    expect(counts.reduce((sum, count) => sum + count, rest)).toBe(10);
  });

  it('releases sessions from turns whose process died, and ends those whose time is over', async () => {
    const stuck = await untimed();
    await room.asStudent.post(`/sessions/${stuck}/messages`).send({ content: 'Hello' });
    await set(stuck, sql`turn_deadline_at = now() - interval '1 minute'`);
    await app.container.platform.db.execute(
      sql`UPDATE messages SET state = 'streaming', content = 'Half ' WHERE session_id = ${stuck}::uuid AND role = 'assistant'`,
    );
    const overdue = await buildSession(room);
    await set(overdue, sql`created_at = now() - interval '61 minutes'`);
    const inTime = await withTool({ max_session_duration: 60 });
    await run();
    expect((await storedMessages(app, stuck))[1]).toMatchObject({
      state: 'failed',
      errorCode: 'ai.interrupted',
      content: 'Half ',
    });
    expect((await room.asStudent.get(`/sessions/${stuck}`)).body.data).toMatchObject({
      state: 'active',
      answering: false,
    });
    expect([await stateOf(overdue), await stateOf(inTime)]).toEqual(['expired', 'active']);
  });
});
