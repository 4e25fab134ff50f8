import { setTimeout as sleep } from 'node:timers/promises';
import { deliverNotificationContract } from '../../src/features/notifications';
import { NotificationScene } from '../../src/features/notifications/notifications.builder';
import { sql } from '../../src/platform/db/sql';
import { FakeMailServer } from '../../src/testing/mail-server';
import { RecordingServer } from '../../src/testing/recording-server';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import type { WorkerProcess } from '../runtime/worker-process';
import { QUEUE_CAPACITY } from '../task-queues';
import { endless, failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedDeliverNotification } from '../testing/stubbed-notification';
import { ChildWorker, startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';

const STUDENTS = 5;
const MAIL_FROM = 'school@example.org';

let mails: FakeMailServer;
let resend: RecordingServer;
let scene: NotificationScene;
let namespace: TestNamespace;

beforeAll(async () => {
  [mails, resend] = await Promise.all([
    FakeMailServer.start(),
    RecordingServer.start({ status: 200, body: { id: 'taken' } }),
  ]);
  [scene, namespace] = await Promise.all([
    NotificationScene.create({ students: STUDENTS }),
    createTestNamespace(),
  ]);
});
afterAll(async () => {
  await namespace.close();
  await scene.app.close();
  await Promise.all([mails.stop(), resend.stop()]);
});
beforeEach(() => {
  mails.received.splice(0);
  resend.requests.splice(0);
});

const handleOf = (eventId: string) =>
  namespace.client.workflow.getHandle(deliverNotificationContract.workflowId({ eventId }));
const smtp = () => ({ SMTP_URL: mails.url, MAIL_FROM });
const byResend = () => ({ RESEND_API_KEY: 'key', RESEND_API_URL: resend.url, MAIL_FROM });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

/** Waits until the relay has started the event's workflow and the workflow has ended. */
async function untilEnded(eventId: string): Promise<unknown> {
  await until(() =>
    handleOf(eventId)
      .describe()
      .then(() => true)
      .catch(() => false),
  );
  return handleOf(eventId).result();
}

const recipients = (): string[] => mails.received.flatMap(({ to }) => to).sort();
const everybody = (): string[] => scene.students.map(({ email }) => email).sort();

describe('deliverNotification', () => {
  let worker: WorkerProcess;
  beforeAll(async () => {
    worker = await startTestWorker({ databaseUrl: scene.app.databaseUrl, namespace, env: smtp() });
  });
  afterAll(() => worker.stop());

  it('notifies all recipients of a committed event once, without personal data in Temporal', async () => {
    const { eventId } = await scene.publish();
    const counts = { notifications: STUDENTS, sent: STUDENTS, failed: 0, skipped: 0, open: 0 };
    expect(await untilEnded(eventId)).toEqual({ state: 'ended', ...counts });
    expect(await handleOf(eventId).query('progress')).toEqual({ state: 'ended', ...counts });
    expect(recipients()).toEqual(everybody());
    const history = JSON.stringify(await handleOf(eventId).fetchHistory());
    const decoded = history.replaceAll(/"data":"([^"]*)"/g, (_all, data: string) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    expect(decoded).toContain(eventId);
    for (const canary of [...everybody(), 'Biology', 'North High', 'Assignment '])
      expect(decoded).not.toContain(canary);
  });

  it('notifies all others if one recipient cannot be reached, and reports later what was refused', async () => {
    mails.next({ at: 'rcpt', code: 550 }, { at: 'data', code: 451 });
    const { eventId } = await scene.publish();
    expect(await untilEnded(eventId)).toMatchObject({ sent: STUDENTS - 1, failed: 1, open: 0 });
    const attempts = (await scene.deliveries(eventId))
      .map((delivery) => delivery.attempts)
      .sort((a, b) => a - b);
    expect(attempts).toEqual([...Array<number>(STUDENTS - 1).fill(1), 2]);
  });

  it('waits for a mail server that says nothing, and no other job waits for that', async () => {
    mails.isMute = true;
    const connections = mails.connections;
    const events = [await scene.publish(), await scene.publish()];
    const slots = QUEUE_CAPACITY.deliveries.activities;
    expect(slots).toBeLessThan(events.length * STUDENTS);
    await until(() => mails.connections >= connections + slots);
    // All slots for sending are in use; the next event and the sweeps continue.
    const { eventId } = await scene.publish();
    await until(async () => (await scene.deliveries(eventId)).length === STUDENTS);
    expect(await triggerSchedule(namespace, 'cleanup-expired-sessions')).toBeDefined();
    expect(new Set(await scene.outcomes(eventId))).toEqual(new Set(['email pending']));
    mails.isMute = false;
    mails.hangUp();
    for (const each of [...events, { eventId }])
      expect(await untilEnded(each.eventId)).toMatchObject({ sent: STUDENTS, failed: 0, open: 0 });
    expect(recipients()).toEqual([...everybody(), ...everybody(), ...everybody()].sort());
    // A long time limit would also see the others continue, but only after this delivery.
    const scheduled = ((await handleOf(eventId).fetchHistory()).events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: task }) =>
        task?.activityType?.name === 'sendDelivery' ? [task.taskQueue?.name] : [],
    );
    expect(new Set(scheduled)).toEqual(new Set(['deliveries']));
  });

  it('waits for the end of quiet hours, and sends nothing more after it is cancelled', async () => {
    const { db } = scene.app.container.platform;
    const [sleeper] = scene.students;
    const minute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
    await db.execute(
      sql`INSERT INTO notification_settings (id, user_id, quiet_from, quiet_until, time_zone)
          VALUES (gen_random_uuid(), ${sleeper?.id}::uuid, ${(minute + 1_440 - 120) % 1_440}, ${(minute + 120) % 1_440}, 'UTC')`,
    );
    const { eventId } = await scene.publish();
    const progress = () => handleOf(eventId).query<{ state: string }>('progress');
    await until(() =>
      progress()
        .then(({ state }) => state === 'waiting')
        .catch(() => false),
    );
    expect(await progress()).toMatchObject({ sent: STUDENTS - 1, open: 1 });
    await handleOf(eventId).cancel();
    await handleOf(eventId)
      .result()
      .catch(() => {});
    expect((await handleOf(eventId).describe()).status.name).toBe('CANCELLED');
    const outcomes = await scene.outcomes(eventId);
    expect(outcomes.sort()).toEqual([
      ...Array<string>(STUDENTS - 1).fill('email sent'),
      'email skipped cancelled',
    ]);
    await db.execute(sql`DELETE FROM notification_settings WHERE user_id = ${sleeper?.id}::uuid`);
  });
});

describe('deliverNotification, when its worker is killed', () => {
  it('sends no mail twice if the mail server has the message', async () => {
    mails.next('wait', 'wait');
    const options = { databaseUrl: scene.app.databaseUrl, namespace, env: smtp() };
    const first = await (await ChildWorker.start(options)).ready();
    const { eventId } = await scene.publish();
    await until(() => mails.received.length >= STUDENTS);
    await first.kill();
    // In this process, because it starts faster and need not be killed.
    const second = await startTestWorker(options);
    expect(await untilEnded(eventId)).toMatchObject({ notifications: STUDENTS, open: 0, skipped: 0 });
    expect(recipients()).toEqual(everybody());
    const outcomes = await scene.outcomes(eventId);
    for (const outcome of outcomes) expect(outcome).toMatch(/^email (sent|failed mail\.outcome_unknown)$/);
    expect(outcomes.filter((outcome) => outcome === 'email sent').length).toBeGreaterThanOrEqual(1);
    await second.stop();
  });

  it('repeats the same key if Resend has the mail, and sends all mails', async () => {
    resend.next({ status: 200, isHeld: true }, { status: 200, isHeld: true });
    const options = { databaseUrl: scene.app.databaseUrl, namespace, env: byResend() };
    const first = await (await ChildWorker.start(options)).ready();
    const { eventId } = await scene.publish();
    await until(() => resend.requests.length >= STUDENTS);
    await first.kill();
    // In this process, because it starts faster and need not be killed.
    const second = await startTestWorker(options);
    expect(await untilEnded(eventId)).toMatchObject({ sent: STUDENTS, failed: 0, open: 0 });
    const keys = resend.requests.map(({ headers }) => String(headers['idempotency-key']));
    const ids = (await scene.deliveries(eventId)).map(({ id }) => id);
    expect([...new Set(keys)].sort()).toEqual(ids.sort());
    expect(keys.length).toBeGreaterThan(STUDENTS);
    await second.stop();
  });
});

describe('deliverNotification with stubbed activities', () => {
  let runner: StubbedRunner;
  beforeAll(async () => {
    runner = await StubbedRunner.create();
  });
  afterAll(() => runner.close());
  const run = (id: string, replaced = {}) => runner.outcome(stubbedDeliverNotification, id, replaced);

  it('retries what has failed', async () => {
    expect(
      await run('retried', {
        sendDelivery: failingOnce(undefined),
        expandNotification: failingOnce({ open: 1 }),
      }),
    ).toMatchObject({ state: 'ended' });
  });

  it('gives up a delivery that cannot succeed, with its code, and continues with the others', async () => {
    const failed: string[] = [];
    const failDelivery = (id: string, code: string): Promise<void> => {
      failed.push(`${id} ${code}`);
      return Promise.resolve();
    };
    expect(await run('given-up', { sendDelivery: failing('mail.refused'), failDelivery })).toMatchObject({
      state: 'ended',
    });
    expect(failed[0]).toMatch(/ mail\.refused$/);
    expect(failed.length).toBeGreaterThanOrEqual(2);
  });

  it('fails if the recipients cannot be determined', async () => {
    expect(await run('failed', { expandNotification: failing() })).toBe('FAILED');
  });

  it('ends open deliveries when it is cancelled', async () => {
    let begun = (): void => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const cancelled: string[] = [];
    const replaced = {
      sendDelivery: endless(() => begun()),
      cancelDeliveries: (id: string) => {
        cancelled.push(id);
        return Promise.resolve({});
      },
    };
    const outcome = await runner.outcome(stubbedDeliverNotification, 'cancelled', replaced, async () => {
      await beginning;
      const handle = runner.handle('cancelled');
      expect(await handle.query('progress')).toMatchObject({ state: 'sending' });
      await handle.cancel();
    });
    expect(outcome).toBe('CANCELLED');
    expect(cancelled).toHaveLength(1);
  });
});
