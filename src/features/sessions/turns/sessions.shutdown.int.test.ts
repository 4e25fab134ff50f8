import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTestApp, type TestApp, testEnv } from '../../../testing/app';
import { createTestDatabase, type TestDatabase } from '../../../testing/database';
import { FakeModelServer, model } from '../../../testing/fake-model-server';
import {
  buildClassroom,
  buildSession,
  eventually,
  SseClient,
  storedCalls,
  storedMessages,
} from '../sessions.builder';

const ROOT = join(__dirname, '../../../..');

describe('a server process that is asked to end', () => {
  let database: TestDatabase;
  let fake: FakeModelServer;
  let here: TestApp;
  beforeAll(async () => {
    database = await createTestDatabase();
    fake = await FakeModelServer.start();
    here = await createTestApp({ database });
  });
  afterAll(async () => {
    await here.close();
    await fake.stop();
    await database.drop();
  });

  /**
   * Starts a real server on this database. @returns the process, and a stand-in for its app as clients need
   * it
   */
  async function startServer(env: Record<string, string>) {
    const args = ['--require', join(ROOT, 'src/testing/register.cjs'), join(ROOT, 'src/server.ts')];
    const settings = testEnv(database.url, {
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      AI_GATEWAY_URL: fake.url,
      ...env,
    });
    const server = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    server.stdout.on('data', (chunk: Buffer) => {
      log += chunk;
    });
    await eventually(() => /"port":\d+/.test(log), 20_000);
    const port = /"port":(\d+)/.exec(log)?.[1];
    return { server, there: { ...here, url: `http://127.0.0.1:${port}` } };
  }

  it('gives answers time, then stores what had arrived and informs followers', async () => {
    const room = await buildClassroom(here);
    const [ending, lasting] = [await buildSession(room), await buildSession(room)];
    const { server, there } = await startServer({ SHUTDOWN_GRACE_MS: '3000' });
    const [quick, slow] = [model.held(), model.held()];
    fake.next(quick, slow);
    const ends = await SseClient.say(there, room.asStudent, ending, 'Hello');
    const breaks = await SseClient.say(there, room.asStudent, lasting, 'Hello');
    (await quick.reply()).text('Quick ');
    (await slow.reply()).text('Slow ');
    await breaks.until((event) => event.event === 'message.delta');

    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    (await quick.reply()).text('answer.').finish();
    await Promise.all([ends.all(), breaks.all()]);
    expect(ends.last).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { content: 'Quick answer.' } },
    });
    expect(breaks.last).toMatchObject({ event: 'error', data: { code: 'ai.interrupted' } });
    expect((await exited)[0]).toBe(0);
    expect((await storedMessages(here, ending))[1]).toMatchObject({
      state: 'complete',
      content: 'Quick answer.',
    });
    expect((await storedMessages(here, lasting))[1]).toMatchObject({
      state: 'failed',
      errorCode: 'ai.interrupted',
      content: 'Slow ',
    });
  });

  it('leaves nothing that blocks the next message when it is killed', async () => {
    const room = await buildClassroom(here);
    const session = await buildSession(room);
    const { server, there } = await startServer({});
    const held = model.held();
    fake.next(held);
    const stream = await SseClient.say(there, room.asStudent, session, 'Hello');
    await stream.next();
    (await held.reply()).text('Half ');
    await eventually(async () => (await storedMessages(here, session))[1]!.content === 'Half ');
    server.kill('SIGKILL');
    await once(server, 'exit');
    expect((await storedMessages(here, session))[1]).toMatchObject({ state: 'streaming' });
    expect(
      (await room.asStudent.post(`/sessions/${session}/messages`).send({ content: 'Too soon' })).status,
    ).toBe(409);
    // Its place is free after its deadline; the test moves the deadline.
    const { db } = here.container.platform;
    await db.prisma.session.updateMany({
      where: { id: session, turnDeadlineAt: { not: null } },
      data: { turnDeadlineAt: new Date(0) },
    });
    const next = await room.asStudent.post(`/sessions/${session}/messages`).send({ content: 'Again' });
    expect(next.status).toBe(201);
    expect(await here.container.ai.gateway.settleAbandoned({ olderThanSeconds: 0 })).toBe(1);
    expect((await storedCalls(here, session)).map((call) => call.state)).toEqual(['aborted', 'succeeded']);
    expect((await storedMessages(here, session)).map((message) => message.state)).toEqual([
      'complete',
      'failed',
      'complete',
      'complete',
    ]);
  });
});
