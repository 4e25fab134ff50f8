import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, Client as TemporalClient } from '@temporalio/client';
import pg from 'pg';
import { z } from 'zod';
import { makeScratchFolder, type ScratchFolder } from '../src/local-servers/scratch-folder';
import { ensureTemporalCli } from '../src/local-servers/temporal-cli';
import { startTemporal, type TemporalServer } from '../src/local-servers/temporal-server';
import { sql } from '../src/platform/db/sql';
import { routesOf } from '../src/routes';
import { type Client, createTestApp, type TestApp } from '../src/testing/app';
import { FakeModelServer, model } from '../src/testing/fake-model-server';
import { FakeMailServer } from '../src/testing/mail-server';
import { World } from '../src/testing/world';
import type { WorkerProcess } from './runtime/worker-process';
import { SCHEDULES } from './schedules';
import { startTestWorker } from './testing/test-worker';
import { untilWorkerWaits } from './testing/waiting-worker';

/** Occurs in the names, the mails and the texts of everything that a job touches. */
const NAME = 'Zephyrine Quillfeather';
const MAIL = 'zephyrine.quillfeather';
const TEXT = 'canary-8d2f40c1';
const CANARIES = ['Zephyrine', 'Quillfeather', MAIL, TEXT];

let folder: ScratchFolder;
let temporal: TemporalServer;
let modelServer: FakeModelServer;
let mails: FakeMailServer;
let connection: Connection;
let blocker: pg.Client;
let app: TestApp;
let worker: WorkerProcess;
let admin: Client;
let teacher: Client;
let student: Client;
let leaver: { id: string };
let schoolClass: { id: string; tenantId: string };
let tools: Record<'chat' | 'product', { id: string }>;
let districtId: string;

beforeAll(async () => {
  folder = makeScratchFolder();
  const cli = await ensureTemporalCli();
  temporal = await startTemporal({ cli: cli.path, dbFile: `${folder.path}/temporal.sqlite` });
  [modelServer, mails] = await Promise.all([FakeModelServer.start(), FakeMailServer.start()]);
  connection = await Connection.connect({ address: temporal.address });
  // The codec is off, because the test proves that nothing needs encryption.
  const env = {
    ...{ AI_GATEWAY_URL: modelServer.url, AI_API_KEY: 'test', TEMPORAL_CODEC_KEYS: '' },
    ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' },
    ...{ SMTP_URL: mails.url, MAIL_FROM: 'school@example.org' },
  };
  app = await createTestApp({ env });
  await settle();
  blocker = new pg.Client({ connectionString: app.databaseUrl });
  await blocker.connect();
  const namespace = { env: { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' } };
  worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace, env });
});
afterAll(async () => {
  await worker.stop();
  await blocker.end();
  await app.close();
  await Promise.all([modelServer.stop(), mails.stop(), connection.close()]);
  await temporal.kill();
  folder.remove();
});

/** Creates users, groups, a class and tools, each named after the canary. */
async function settle(): Promise<void> {
  const world = new World(app.container);
  const district = await world.group({ name: `District of ${NAME} ${TEXT}` });
  districtId = district.id;
  const person = (part: string) =>
    world.user({
      name: `${NAME} ${part}`,
      email: `${MAIL}.${part}@example.org`,
      tenantId: district.tenantId,
    });
  schoolClass = await world.class(district, { name: `Class of ${NAME} ${TEXT}` });
  const author = await world.member(district, 'teacher', await person('teacher'));
  await world.classMember(schoolClass, 'teacher', author);
  const pupil = await world.classMember(schoolClass, 'student', await person('student'));
  leaver = await world.classMember(schoolClass, 'teacher', await person('leaver'));
  teacher = await app.as(author.id);
  student = await app.as(pupil.id);
  admin = await app.as((await world.member(district, 'admin', await person('admin'))).id);
  const definition = { name: `Tool of ${NAME}`, behavior: `Be kind to ${NAME}. ${TEXT}` };
  tools = {
    chat: await world.tool(district, author, { type: 'chat', definition }),
    product: await world.tool(district, author, { type: 'product', definition }),
  };
}

async function post(
  client: Client,
  path: string,
  body: object,
): Promise<{ id: string } & Record<string, unknown>> {
  const response = await client.post(path).send(body);
  if (response.status >= 300) throw new Error(`${path}: ${response.text}`);
  return response.body.data ?? response.body;
}

/** Creates an assignment of the tool and an attempt at it. */
async function attempt(toolId: string): Promise<string> {
  const title = `Work for ${NAME} ${TEXT}`;
  const dueAt = new Date(Date.now() + 3_600_000).toISOString();
  const assignment = await post(teacher, '/assignments', { classId: schoolClass.id, toolId, title, dueAt });
  await post(teacher, `/assignments/${assignment.id}/publish`, {});
  return (await post(student, `/assignments/${assignment.id}/submissions`, {})).id;
}

async function rows(query: ReturnType<typeof sql>): Promise<number> {
  const row = await app.container.platform.db.row(query, z.object({ count: z.number() }));
  return row?.count ?? 0;
}

async function untilNone(what: string, count: () => Promise<number>): Promise<void> {
  for (let tries = 0; (await count()) > 0; tries += 1) {
    if (tries > 600) throw new Error(`there still are ${what}`);
    await sleep(100);
  }
}

const jobsThatWait = () => rows(sql`SELECT count(*) FROM outbox WHERE state = 'pending'`);
const workflowsThatRun = () =>
  app.container.platform.temporal.get().ask(({ workflows }) => workflows.count({ state: 'running' }));

/** Reads every file of Temporal's database from the disk. */
function storedBytes(): Buffer {
  const files = ['', '-wal', '-shm', '-journal'].map((suffix) => `${folder.path}/temporal.sqlite${suffix}`);
  return Buffer.concat(files.filter(existsSync).map((file) => readFileSync(file)));
}

/** The text itself, and the three forms it can take in base64. */
function disguises(text: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${'\0'.repeat(shift)}${text}`)
      .toString('base64')
      .slice(shift + 1, -4),
  );
  return [text, ...inBase64];
}

async function runsThatEndInEveryWay(): Promise<string[]> {
  const submissionId = await attempt(tools.product.id);
  const input = { topic: `Write to ${NAME} at ${MAIL}@example.org. ${TEXT}` };
  const said = JSON.stringify({ text: `Dear ${NAME}, ${TEXT}` });
  modelServer.next(
    model.says(said),
    // The answer does not fit the schema, even after the repair.
    model.says(`{"wrong":"${TEXT}"}`),
    model.says(`{"wrong":"${NAME}"}`),
    // The provider refuses the request and quotes the input in its reason.
    (reply) =>
      reply.status(400, {}, JSON.stringify({ error: { message: `${NAME} ${TEXT} is not allowed` } })),
  );
  const ids: string[] = [];
  const bodies = [
    { submissionId, input },
    { toolId: tools.product.id, input },
    { toolId: tools.product.id, input },
  ];
  for (const body of bodies) {
    const client = 'submissionId' in body ? student : teacher;
    const { id } = await post(client, '/runs', body);
    ids.push(id);
    await untilNone('runs', () => rows(sql`SELECT count(*) FROM runs WHERE state IN ('queued', 'running')`));
  }
  const { id } = await post(teacher, '/runs', { toolId: tools.product.id, input });
  await teacher.post(`/runs/${id}/cancel`).send({});
  return [...ids, id];
}

/** A chat that is submitted, graded and returned, with personal data in every text. */
async function workThatIsReturned(): Promise<void> {
  const submissionId = await attempt(tools.chat.id);
  const session = await post(student, '/sessions', { submissionId });
  modelServer.next(model.says(`Hello ${NAME}. ${TEXT}`));
  await post(student, `/sessions/${session.id}/messages`, { content: `I am ${NAME}. ${TEXT}` });
  await student.patch(`/submissions/${submissionId}`).send({ answer: `By ${NAME}: ${TEXT}` });
  await post(student, `/submissions/${submissionId}/submit`, {});
  await post(teacher, `/submissions/${submissionId}/grade`, {
    score: 1,
    feedback: `Well done, ${NAME}. ${TEXT}`,
  });
  await post(teacher, `/submissions/${submissionId}/return`, {});
  await app.container.platform.db.execute(
    sql`UPDATE sessions SET last_activity_at = now() - interval '3 days' WHERE id = ${session.id}::uuid`,
  );
}

/** Every kind of export, and one that fails. */
async function exportsOfEveryKind(): Promise<void> {
  if (!routesOf(app.container).some(({ path }) => path === '/exports')) return;
  for (const kind of ['roster', 'gradebook', 'submissions', 'messages', 'usage']) {
    await teacher.post('/exports').send({ kind, format: 'csv', scope: { classId: schoolClass.id } });
  }
  await admin.post('/exports').send({ kind: 'audit', format: 'ndjson', scope: { groupId: districtId } });
  for (const kind of ['class_report', 'usage_report'])
    await teacher.post('/exports').send({ kind, format: 'pdf', scope: { classId: schoolClass.id } });
}

const handleOf = (workflowId: string) =>
  new TemporalClient({ connection, namespace: 'default' }).workflow.getHandle(workflowId);

/** Waits until the workflow has ended. @returns its status */
async function endOf(workflowId: string): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const name = await handleOf(workflowId)
      .describe()
      .then(({ status }) => status.name)
      .catch(() => 'not begun');
    if (name !== 'RUNNING' && name !== 'not begun') return name;
    await sleep(100);
  }
  throw new Error(`${workflowId} does not end`);
}

/**
 * An export whose requester left before it could begin, and one that is cancelled while it reads users'
 * texts.
 */
async function exportsThatEndBadly(): Promise<string[]> {
  const ask = async (client: Client) => {
    const scope = { classId: schoolClass.id };
    return `export/${(await post(client, '/exports', { kind: 'messages', format: 'csv', scope })).id}`;
  };
  await worker.relay.stop();
  const failed = await ask(await app.as(leaver.id));
  await app.container.platform.db.execute(sql`DELETE FROM class_members WHERE user_id = ${leaver.id}::uuid`);
  await app.container.access.usersChanged([leaver.id]);
  await worker.relay.start();
  expect(await endOf(failed)).toBe('FAILED');
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
  const cancelled = await ask(teacher);
  await untilWorkerWaits(blocker);
  await handleOf(cancelled).cancel();
  await blocker.query('ROLLBACK');
  expect(await endOf(cancelled)).toBe('CANCELLED');
  return [failed, cancelled];
}

/** The database refuses one event with names in its error; the mail server refuses another. */
async function notificationsThatEndBadly(): Promise<string[]> {
  await blocker.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''${NAME} <${MAIL}@example.org> ${TEXT}''; END'`,
  );
  await blocker.query(
    'CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  const [cancelled, terminated] = [await told(), await told()];
  for (const id of [cancelled, terminated])
    await untilNone('first attempts', async () => ((await attemptsAt(id)) > 1 ? 0 : 1));
  await handleOf(cancelled).cancel();
  await handleOf(terminated).terminate('by an operator');
  expect([await endOf(cancelled), await endOf(terminated)]).toEqual(['CANCELLED', 'TERMINATED']);
  await blocker.query('DROP FUNCTION refuse() CASCADE');
  mails.next({ at: 'rcpt', code: 550 });
  const refused = await told();
  expect(await endOf(refused)).toBe('COMPLETED');
  const failures = await rows(
    sql`SELECT count(*) FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
        WHERE d.state = 'failed' AND 'notification/' || n.event_id = ${refused}`,
  );
  expect(failures).toBe(1);
  return [cancelled, terminated, refused];
}

/** An assignment whose class is notified. @returns the id of the workflow that notifies them */
async function told(): Promise<string> {
  const title = `News for ${NAME} ${TEXT}`;
  const { id } = await post(teacher, '/assignments', {
    classId: schoolClass.id,
    toolId: tools.chat.id,
    title,
  });
  await post(teacher, `/assignments/${id}/publish`, {});
  const found = await app.container.platform.db.row(
    sql`SELECT id FROM notification_events WHERE subject_id = ${id}::uuid`,
    z.object({ id: z.string() }),
  );
  return `notification/${found?.id}`;
}

/** The number of attempts at the current activity; 0 before it has begun. */
const attemptsAt = (workflowId: string): Promise<number> =>
  handleOf(workflowId)
    .describe()
    .then(({ raw }) => raw.pendingActivities?.[0]?.attempt ?? 0)
    .catch(() => 0);

it('names, mails and texts of people are nowhere in the database of Temporal', async () => {
  const runIds = await runsThatEndInEveryWay();
  await workThatIsReturned();
  await exportsOfEveryKind();
  await untilNone('jobs in the outbox', jobsThatWait);
  await untilNone('running workflows', workflowsThatRun);
  const endedBadly = [...(await exportsThatEndBadly()), ...(await notificationsThatEndBadly())];
  const temporalClient = app.container.platform.temporal.get();
  for (const { id } of SCHEDULES) await temporalClient.ask(({ schedules }) => schedules.trigger(id));
  await untilNone('jobs in the outbox', jobsThatWait);
  await untilNone('running workflows', workflowsThatRun);
  const states = await rows(sql`SELECT count(DISTINCT state) FROM runs`);
  expect(states).toBe(3);

  // Stopped in order, so that its files are complete.
  await temporal.stop();
  const stored = storedBytes();
  await temporal.restart();
  const workflowIds = [...runIds.map((id) => `run/${id}`), ...endedBadly];
  expect(workflowIds.filter((id) => !stored.includes(id))).toEqual([]);
  expect(stored.includes('executeRun') && stored.includes('run.output_invalid')).toBe(true);
  const found = CANARIES.filter((canary) => disguises(canary).some((text) => stored.includes(text)));
  expect(found).toEqual([]);
}, 180_000);

it('would be found if it were there', () => {
  const payload = Buffer.from(JSON.stringify({ to: NAME, about: TEXT }));
  for (const canary of ['Zephyrine', TEXT]) {
    expect(disguises(canary).some((text) => payload.includes(text))).toBe(true);
    for (const shift of ['', 'a', 'ab', 'abc'])
      expect(disguises(canary).some((text) => btoa(`${shift}${canary}${shift}`).includes(text))).toBe(true);
  }
});
