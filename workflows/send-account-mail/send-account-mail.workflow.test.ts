import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD } from '../../src/features/auth/auth.builder';
import { sendAccountMailContract } from '../../src/features/mails';
import { MailScene, readMail } from '../../src/features/mails/mails.builder';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import type { WorkerProcess } from '../runtime/worker-process';
import { stubbedSendAccountMail } from '../testing/stubbed-account-mail';
import { endless, failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { ChildWorker, startTestWorker } from '../testing/test-worker';

let scene: MailScene;
let namespace: TestNamespace;
beforeAll(async () => {
  [scene, namespace] = await Promise.all([MailScene.create(), createTestNamespace()]);
});
afterAll(async () => {
  await namespace.close();
  await scene.close();
});
beforeEach(() => void scene.server.received.splice(0));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const workers: WorkerProcess[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});
/** Starts a worker in this process, until the end of the test. */
async function startWorker(): Promise<void> {
  workers.push(await startTestWorker(workerOptions()));
}

const workerOptions = () => ({
  databaseUrl: scene.app.databaseUrl,
  namespace,
  env: {
    SMTP_URL: scene.server.url,
    MAIL_FROM: 'School <school@example.org>',
    WEB_APP_URL: 'https://app.example.org',
  },
});

const openMails = () =>
  scene.app.container.platform.db.prisma.accountMail.count({ where: { state: 'pending' } });

let counter = 0;
/** Creates a person who has forgotten their password, and the job that writes to them. */
async function forgetful() {
  counter += 1;
  const { container, anonymous } = scene.app;
  const email = `forgetful${counter}@example.org`;
  await container.auth.accounts.create({ email, name: 'Ada Lovelace', password: PASSWORD });
  await anonymous.post('/auth/password/forgot').send({ email }).expect(202);
  const { prisma } = container.platform.db;
  const row = () => prisma.accountMail.findFirstOrThrow({ where: { recipient: email } });
  const workflowId = sendAccountMailContract.workflowId({ mailId: (await row()).id });
  return { email, row, handle: namespace.client.workflow.getHandle(workflowId) };
}
type Handle = Awaited<ReturnType<typeof forgetful>>['handle'];

async function untilEnded(handle: Handle): Promise<unknown> {
  await until(() =>
    handle.describe().then(
      () => true,
      () => false,
    ),
  );
  return handle.result();
}

const mailsTo = (email: string) => scene.server.received.map(readMail).filter(({ to }) => to === email);
const reset = (token: string) =>
  scene.app.anonymous.post('/auth/password/reset').send({ token, newPassword: 'a longer swim in July' });

describe('sendAccountMail', () => {
  it('sends the link that was asked for, with neither secret nor person in Temporal', async () => {
    await startWorker();
    const { email, row, handle } = await forgetful();
    expect(await untilEnded(handle)).toEqual({ state: 'ended' });
    expect(await handle.query('progress')).toEqual({ state: 'ended' });
    const [mail] = mailsTo(email);
    expect(mail).toMatchObject({ to: email, subject: 'Choose a new password' });
    const { id, state, attempts } = await row();
    expect({ state, attempts }).toEqual({ state: 'sent', attempts: 1 });
    const history = JSON.stringify(await handle.fetchHistory());
    const decoded = history.replaceAll(/"data":"([^"]*)"/g, (_all, data: string) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    expect(decoded).toContain(id);
    for (const canary of [email, 'Lovelace', mail?.token ?? '']) expect(decoded).not.toContain(canary);
    await reset(mail?.token ?? '').expect(204);
    // The news of the change, before the next test says what becomes of the next mail.
    await until(() => mailsTo(email).length === 2);
    await until(async () => (await openMails()) === 0);
  });

  it('sends a new link after its worker was killed while a server had the mail, and the older one is dead', async () => {
    scene.server.next('wait');
    const first = await (await ChildWorker.start(workerOptions())).ready();
    const { email, handle, row } = await forgetful();
    await until(() => mailsTo(email).length === 1);
    await first.kill();
    // In this process, because it starts faster and need not be killed.
    await startWorker();
    expect(await untilEnded(handle)).toEqual({ state: 'ended' });
    const [older, newer, ...others] = mailsTo(email);
    expect(others).toEqual([]);
    expect(await row()).toMatchObject({ state: 'sent', attempts: 2 });
    await reset(older?.token ?? '').expect(400);
    await reset(newer?.token ?? '').expect(204);
  });
});

describe('sendAccountMail with stubbed activities', () => {
  let runner: StubbedRunner;
  beforeAll(async () => {
    runner = await StubbedRunner.create();
  });
  afterAll(() => runner.close());
  const failed: string[] = [];
  const failAccountMail = (_id: string, code: string): Promise<void> => {
    failed.push(code);
    return Promise.resolve();
  };
  const run = (id: string, replaced = {}) =>
    runner.outcome(stubbedSendAccountMail, id, { failAccountMail, ...replaced });
  beforeEach(() => void failed.splice(0));

  it('retries what has failed', async () => {
    expect(await run('retried', { deliverAccountMail: failingOnce(undefined) })).toEqual({ state: 'ended' });
    expect(failed).toEqual([]);
  });

  it('ends the row of a mail that it gives up, with the code', async () => {
    expect(await run('given-up', { deliverAccountMail: failing('mail.broken') })).toBe('FAILED');
    expect(failed).toEqual(['mail.broken']);
  });

  it('ends the row when it is cancelled', async () => {
    let begun = (): void => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const replaced = { failAccountMail, deliverAccountMail: endless(() => begun()) };
    const outcome = await runner.outcome(stubbedSendAccountMail, 'cancelled', replaced, async () => {
      await beginning;
      const handle = runner.handle('cancelled');
      expect(await handle.query('progress')).toEqual({ state: 'sending' });
      await handle.cancel();
    });
    expect(outcome).toBe('CANCELLED');
    expect(failed).toEqual(['cancelled']);
  });
});
