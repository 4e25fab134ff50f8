import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from '../../src/platform/db/sql';
import { newId } from '../../src/shared/ids';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { World } from '../../src/testing/world';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedCleanupTempFiles } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { cleanupTempFilesContract } from './contract';

/** More than one batch. */
const MANY = 1_200;
/** Other tests prove these deletions; this test proves that they are called. */
const RECORDS = {
  exportRecords: 0,
  notifications: 0,
  notificationEvents: 0,
  reminders: 0,
  chats: 0,
  links: 0,
  accountMails: 0,
};
const NOTHING = {
  ...{ exports: 0, files: 0, signIns: 0, apiTokens: 0, idempotencyKeys: 0, jobs: 0 },
  ...RECORDS,
};

let app: TestApp;
let namespace: TestNamespace;

beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

async function prepare(): Promise<void> {
  const { db } = app.container.platform;
  const user = await new World(app.container).user();
  await db.execute(
    sql`INSERT INTO refresh_tokens (id, user_id, family_id, token_hash, expires_at, family_expires_at)
        SELECT id, ${user.id}::uuid, id, sha256(id::text::bytea), now() - interval '40 days', now() - interval '40 days'
        FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${MANY}::int)) made`,
  );
  await db.execute(
    sql`INSERT INTO idempotency_keys (id, user_id, key, route, request_hash, response_status, response_headers, response_body, expires_at)
        SELECT gen_random_uuid(), ${user.id}::uuid, 'key ' || n, '', '', 201, '{}', '', now() - interval '1 hour' FROM generate_series(1, 3) n`,
  );
  await db.execute(
    sql`INSERT INTO outbox (id, workflow, task_queue, workflow_id, input, summary, state, started_at)
        VALUES (${newId()}::uuid, 'test', 'default', 'old', '{}', '', 'started', now() - interval '40 days')`,
  );
}

/** Stores a file that was last written this many days ago. */
async function file(key: string, days: number): Promise<void> {
  const { config, storage } = app.container.platform;
  await storage.write(key, Readable.from([Buffer.from('x')]));
  const time = new Date(Date.now() - days * 86_400_000);
  utimesSync(join(config.STORAGE_DIR, key), time, time);
}

/** Creates a successful export with its file that expires after this many days. */
async function finishedExport(expiresInDays: number): Promise<string> {
  const [id, world] = [newId(), new World(app.container)];
  const group = await world.group();
  const key = `exports/${id}/roster.csv`;
  await file(key, 8);
  await app.container.platform.db.execute(
    sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, group_id, state, storage_key, bytes, sha256, manifest, finished_at, expires_at)
        VALUES (${id}::uuid, ${group.tenantId}::uuid, ${(await world.user()).id}::uuid, 'roster', 'csv', ${group.id}::uuid, 'succeeded', ${key}, 1,
                repeat('0', 64), '{}', now() - interval '8 days', now() + make_interval(days => ${expiresInDays}::int))`,
  );
  return key;
}

describe('cleanupTempFiles', () => {
  it('removes expired data when it is triggered, and nothing the second time', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    await prepare();
    const [expired, good] = [await finishedExport(-1), await finishedExport(1)];
    const [orphan, young] = [`exports/${newId()}/part-1`, `exports/${newId()}/part-1`];
    await file(orphan, 2);
    await file(young, 0);
    expect(await triggerSchedule(namespace, 'cleanup-temp-files')).toEqual({
      exports: 1,
      files: 1,
      signIns: MANY,
      apiTokens: 0,
      idempotencyKeys: 3,
      jobs: 1,
      ...RECORDS,
    });
    const { storage } = app.container.platform;
    const areThere = await Promise.all([expired, good, orphan, young].map((key) => storage.stat(key)));
    expect(areThere.map((found) => found !== null)).toEqual([false, true, false, true]);
    expect(await triggerSchedule(namespace, 'cleanup-temp-files')).toEqual(NOTHING);
    await worker.stop();
  });

  it('continues in another worker if the first one is killed', async () => {
    await prepare();
    const [expired, orphan] = [await finishedExport(-1), `exports/${newId()}/part-1`];
    await file(orphan, 2);
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace, contract: cleanupTempFilesContract, input: null },
      obstruct: (blocker) => blocker.query('LOCK TABLE refresh_tokens IN SHARE MODE'),
    });
    // The first worker may have died before it reported what it had deleted of the tokens.
    expect(result).toMatchObject({
      exports: 1,
      files: 1,
      signIns: expect.any(Number),
      idempotencyKeys: 3,
      jobs: 1,
    });
    const { db, storage } = app.container.platform;
    expect(await Promise.all([expired, orphan].map((key) => storage.stat(key)))).toEqual([null, null]);
    expect(
      await db.execute(sql`SELECT FROM refresh_tokens WHERE expires_at < now() - interval '31 days'`),
    ).toBe(0);
  });

  describe('with stubbed activities', () => {
    const ALL = {
      ...{ exports: 1, files: 2, signIns: 3, apiTokens: 4, idempotencyKeys: 5, jobs: 6 },
      ...{
        exportRecords: 7,
        notifications: 8,
        notificationEvents: 9,
        reminders: 10,
        chats: 11,
        links: 12,
        accountMails: 13,
      },
    };
    let runner: StubbedRunner;
    beforeAll(async () => {
      runner = await StubbedRunner.create();
    });
    afterAll(() => runner.close());

    it('tries a part again that has failed', async () => {
      const replaced = { removeOrphanedFiles: failingOnce(2) };
      expect(await runner.outcome(stubbedCleanupTempFiles, 'retried', replaced)).toEqual(ALL);
    });

    it('continues with the other parts if one cannot succeed, and is shown as failed', async () => {
      let isDone = false;
      const deleteStartedJobs = () => {
        isDone = true;
        return Promise.resolve(6);
      };
      const replaced = { removeExpiredExports: failing('storage.unavailable'), deleteStartedJobs };
      expect(await runner.outcome(stubbedCleanupTempFiles, 'failed', replaced)).toBe('FAILED');
      expect(isDone).toBe(true);
    });

    it('stops when it is cancelled, and reports the current part', async () => {
      expect(await runner.cancelled(stubbedCleanupTempFiles, 'cancelled', 'deleteEndedSignIns')).toEqual({
        outcome: 'CANCELLED',
        progress: 'signIns',
      });
    });
  });
});
