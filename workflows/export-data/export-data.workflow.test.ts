import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportScene } from '../../src/features/exports/exports.builder';
import { exportDataContract } from '../../src/features/exports/exports.contract';
import {
  canHaveVersitygw,
  ensureVersitygw,
  type S3Server,
  startVersitygw,
} from '../../src/local-servers/versitygw';
import { S3Storage } from '../../src/platform/storage/storage.s3';
import { type Client, createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import type { WorkerProcess } from '../runtime/worker-process';
import { exportDrill } from '../testing/export-drill';
import { stubbedExport } from '../testing/stubbed-export';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { startTestWorker } from '../testing/test-worker';

const ROWS = 12_004;
const RUNNING = {
  state: 'running',
  rows: 0,
  total: 12_000,
  percent: 0,
  secondsLeft: 3,
  rowsComplete: false,
  code: null,
};

const bucketOf = ({ accessKeyId, bucket, endpoint, secretAccessKey }: S3Server) => ({
  ...{ S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_REGION: 'us-east-1', S3_FORCE_PATH_STYLE: 'true' },
  ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
});

describe('the workflow of an export', () => {
  let runner: StubbedRunner;
  beforeAll(async () => {
    runner = await StubbedRunner.create();
  });
  afterAll(() => runner.close());

  it('begins, stores rows until there are no more, and puts the file together', async () => {
    const job = stubbedExport();
    let calls = 0;
    const write = job.activities.writeExportRows as () => Promise<unknown>;
    const counted = () => {
      calls += 1;
      return write();
    };
    expect(await runner.outcome(job, 'export-whole', { writeExportRows: counted })).toMatchObject({
      state: 'succeeded',
      rows: 12_000,
    });
    expect(calls).toBe(3);
  });

  it('continues after a temporary failure', async () => {
    const job = stubbedExport();
    const outcome = await runner.outcome(job, 'export-retried', { beginExport: failingOnce(RUNNING) });
    expect(outcome).toMatchObject({ state: 'succeeded' });
  });

  it('ends the row, and then itself, if a step finally fails', async () => {
    const job = stubbedExport();
    const codes: string[] = [];
    const failExport = (_id: string, code: string) => {
      codes.push(code);
      return Promise.resolve({ ...RUNNING, state: 'failed', code });
    };
    const replaced = { finishExport: failing('export.forbidden'), failExport };
    expect(await runner.outcome(job, 'export-failed', replaced)).toBe('FAILED');
    expect(codes).toEqual(['export.forbidden']);
  });

  it('ends the row, and then itself, when it is cancelled, and says how far it is', async () => {
    const job = stubbedExport();
    const { outcome, progress } = await runner.cancelled(job, 'export-cancelled', 'writeExportRows');
    expect(outcome).toBe('CANCELLED');
    expect(progress).toMatchObject({ state: 'running', rows: 0, total: 12_000, percent: 0 });
  });

  it('does nothing more for one that has ended before it began', async () => {
    const gone = { ...RUNNING, state: 'gone' };
    const replaced = {
      beginExport: () => Promise.resolve(gone),
      writeExportRows: failing(),
      finishExport: failing(),
    };
    expect(await runner.outcome(stubbedExport(), 'export-gone', replaced)).toEqual(gone);
  });
});

/** The drill below stores the files in a folder; these tests use a bucket if the S3 server is available. */
const canHaveS3 = canHaveVersitygw();

describe(`an export, made by a worker and kept in ${canHaveS3 ? 'an S3 bucket' : 'a folder'}`, () => {
  let app: TestApp;
  let scene: ExportScene;
  let namespace: TestNamespace;
  let worker: WorkerProcess;
  let s3: S3Server | null = null;

  // The first time on a machine, the S3 server is built, which takes minutes.
  beforeAll(async () => {
    s3 = canHaveS3 ? await startVersitygw(await ensureVersitygw()) : null;
    const env = s3 === null ? {} : bucketOf(s3);
    [app, namespace] = await Promise.all([createTestApp({ env }), createTestNamespace()]);
    scene = await ExportScene.create(app);
    await scene.addStudents(ROWS - 4);
    worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace, env });
  }, 900_000);
  afterAll(async () => {
    await worker.stop();
    await namespace.close();
    await app.close();
    await s3?.remove();
  });

  async function downloaded(id: string, client: Client = scene.asTeacher) {
    const { url } = (await client.post(`/exports/${id}/link`).expect(200)).body.data;
    const file = await client
      .get(url)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => done(null, Buffer.concat(chunks)));
      });
    const part = await client.get(url).set('Range', 'bytes=0-3').expect(206);
    return {
      bytes: file.body as Buffer,
      type: String(file.headers['content-type']),
      partLength: Number(part.headers['content-length']),
    };
  }

  const handleOf = (exportId: string) =>
    namespace.client.workflow.getHandle(exportDataContract.workflowId({ exportId }));
  async function until(id: string, states: readonly string[], client: Client = scene.asTeacher) {
    for (let left = 1_200; ; left -= 1) {
      const { data } = (await client.get(`/exports/${id}`).expect(200)).body;
      if (states.includes(data.state)) return data;
      if (left === 0) throw new Error(`the export is still ${data.state}`);
      await sleep(50);
    }
  }

  it('comes from the outbox to its file, which the one who asked for it downloads', async () => {
    const id = await scene.ask('roster', 'ndjson');
    const done = await until(id, ['succeeded', 'failed']);
    expect(done).toMatchObject({ state: 'succeeded', manifest: { rows: ROWS }, progress: { percent: 100 } });
    expect(await handleOf(id).result()).toMatchObject({ state: 'succeeded', rows: ROWS });
    expect(await handleOf(id).query('progress')).toMatchObject({ state: 'succeeded', percent: 100 });
    const { bytes, partLength } = await downloaded(id);
    expect([bytes.length, partLength]).toEqual([done.bytes, 4]);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(done.manifest.sha256);
    expect(app.container.platform.storage instanceof S3Storage).toBe(canHaveS3);
  });

  it.each(['class_report', 'usage_report'])('draws a %s, which is a PDF', async (kind) => {
    const client = await app.as(scene.admin.id);
    const schoolClass = await scene.world.class(scene.school);
    await scene.world.classMember(schoolClass, 'student', scene.students[0]);
    const more = { scope: { classId: schoolClass.id }, options: { locale: 'de-CH' } };
    const id = await scene.ask(kind, 'pdf', more, client);
    const done = await until(id, ['succeeded', 'failed'], client);
    expect(done).toMatchObject({
      state: 'succeeded',
      manifest: { kind, format: 'pdf', rows: null, columns: [], sheets: null },
      progress: { percent: 100 },
    });
    expect(await handleOf(id).result()).toMatchObject({ state: 'succeeded' });
    const { bytes, type } = await downloaded(id, client);
    expect(type).toBe('application/pdf');
    expect(bytes.toString('latin1', 0, 5)).toBe('%PDF-');
    expect(bytes.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
    expect(bytes.length).toBe(done.manifest.bytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(done.manifest.sha256);
  });

  it('fails with a code if its requester may no longer have it', async () => {
    const leaving = await scene.world.classMember(scene.schoolClass, 'teacher');
    const client = await app.as(leaving.id);
    await worker.relay.stop();
    const id = await scene.ask('messages', 'csv', {}, client);
    const { db } = app.container.platform;
    await db.prisma.classMember.deleteMany({ where: { userId: leaving.id } });
    await app.container.access.usersChanged([leaving.id]);
    await worker.relay.start();
    await expect(handleUntilStarted(id)).resolves.toBe('FAILED');
    expect((await client.get(`/exports/${id}`).expect(200)).body.data).toMatchObject({
      state: 'failed',
      errorCode: 'export.forbidden',
    });
  });

  async function handleUntilStarted(id: string): Promise<string> {
    for (let left = 600; left > 0; left -= 1) {
      try {
        await handleOf(id)
          .result()
          .catch(() => {});
        const { name } = (await handleOf(id).describe()).status;
        // The workflow may have begun only after its result was requested.
        if (name !== 'RUNNING') return name;
      } catch {
        // Not begun yet.
      }
      await sleep(50);
    }
    throw new Error('never started');
  }

  it('ends when it is cancelled, over REST and in the Temporal UI, and leaves no file', async () => {
    for (const cancel of [
      (id: string) => scene.asTeacher.delete(`/exports/${id}`).expect(200),
      (id: string) => handleOf(id).cancel(),
    ]) {
      const id = await scene.ask('roster', 'xlsx');
      await until(id, ['running', 'succeeded']);
      await cancel(id);
      // If it finished at that very moment it is done, and the deletion then deletes its file.
      const { state } = await until(id, ['cancelled', 'succeeded', 'expired']);
      if (state !== 'cancelled') continue;
      expect(await handleUntilStarted(id)).toBe('CANCELLED');
      const keys: string[] = [];
      for await (const { key } of app.container.platform.storage.list(`exports/${id}/`)) keys.push(key);
      expect(keys).toEqual([]);
    }
  });
});

describe('an export whose worker is killed', () => {
  it('is continued by the next worker, with the same result', async () => {
    const namespace = await createTestNamespace();
    const report = await exportDrill(namespace, { kills: 1, rows: 20_000, format: 'csv' });
    expect(report).toMatchObject({ complete: 1, identical: 1, workflowsCompleted: 1 });
    await namespace.close();
  });
});
