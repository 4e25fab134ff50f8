import { z } from 'zod';
import { sql } from '../../src/platform/db/sql';
import { newId } from '../../src/shared/ids';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { World } from '../../src/testing/world';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedCleanupOldRuns } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { cleanupOldRunsContract } from './contract';

/** More than two batches. */
const OLD_RUNS = 450;

let app: TestApp;
let namespace: TestNamespace;
let tenantId: string;
let userId: string;
let toolId: string;
let submissionId: string;

beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
  const world = new World(app.container);
  const group = await world.group();
  tenantId = group.tenantId;
  const teacher = await world.member(group, 'teacher');
  userId = teacher.id;
  const tool = await world.tool(group, teacher, { type: 'product' });
  toolId = tool.id;
  const schoolClass = await world.class(group);
  const student = await world.classMember(schoolClass, 'student');
  submissionId = (await world.submission(await world.assignment(schoolClass, tool, teacher), student)).id;
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});
beforeEach(() => db().execute(sql`DELETE FROM runs`));

const db = () => app.container.platform.db;

async function runs(
  count: number,
  days: number,
  values: { state?: string; submissionId?: string } = {},
): Promise<void> {
  const { state = 'succeeded' } = values;
  await db().execute(
    sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, submission_id, input, state, output, error_code, finished_at, created_at)
        SELECT gen_random_uuid(), ${tenantId}::uuid, ${userId}::uuid, ${toolId}::uuid, 1, ${values.submissionId ?? null}::uuid, '{}', ${state},
               ${state === 'succeeded' ? '{}' : null}::jsonb, ${state === 'failed' ? 'ai.timeout' : null},
               CASE WHEN ${state} = 'running' THEN NULL ELSE now() - make_interval(days => ${days}::int) END, now() - make_interval(days => ${days}::int)
        FROM generate_series(1, ${count}::int)`,
  );
}

const CountRow = z.object({ n: z.number() });
const count = async (): Promise<number> =>
  (await db().row(sql`SELECT count(*) AS n FROM runs`, CountRow))?.n ?? 0;

describe('cleanupOldRuns', () => {
  it('deletes runs that are older than a year in batches, and nothing the second time', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    await runs(OLD_RUNS, 366);
    await runs(1, 366, { state: 'failed' });
    // These runs stay: too young, submitted, or still open.
    await runs(1, 364);
    await runs(1, 366, { submissionId });
    await runs(1, 366, { state: 'running' });
    expect(await triggerSchedule(namespace, 'cleanup-old-runs')).toEqual({ runs: OLD_RUNS + 1 });
    expect(await count()).toBe(3);
    expect(await triggerSchedule(namespace, 'cleanup-old-runs')).toEqual({ runs: 0 });
    expect(await count()).toBe(3);
    const told = await db().row(
      sql`SELECT sum((details ->> 'count')::int)::int AS n FROM audit_events WHERE action = 'run.deleted_old' AND tenant_id = ${tenantId}::uuid`,
      CountRow,
    );
    expect(told?.n).toBe(OLD_RUNS + 1);
    await worker.stop();
  });

  it('keeps what a run has cost', async () => {
    await runs(1, 366);
    const callId = newId();
    await db().execute(
      sql`INSERT INTO ai_calls (id, tenant_id, user_id, run_id, purpose, provider, model, state, settled_at, cost_micros)
          SELECT ${callId}::uuid, tenant_id, user_id, id, 'run', 'test', 'test', 'succeeded', now(), 7 FROM runs`,
    );
    expect(await app.container.runs.retention.deleteOld({ limit: 10 })).toBe(1);
    const call = await db().row(
      sql`SELECT cost_micros AS cost, run_id AS "runId" FROM ai_calls WHERE id = ${callId}::uuid`,
      z.object({ cost: z.number(), runId: z.null() }),
    );
    expect(call).toEqual({ cost: 7, runId: null });
  });

  it('deletes each run once, however many clean-ups run at once', async () => {
    await runs(60, 366);
    const counts = await Promise.all(
      Array.from({ length: 4 }, () => app.container.runs.retention.deleteOld({ limit: 20 })),
    );
    const rest = await app.container.runs.retention.deleteOld({ limit: 60 });
    expect(counts.reduce((sum, each) => sum + each, rest)).toBe(60);
  });

  it('continues in another worker if the first one is killed', async () => {
    await runs(OLD_RUNS, 366);
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace, contract: cleanupOldRunsContract, input: null },
      obstruct: (blocker) => blocker.query('LOCK TABLE runs IN SHARE MODE'),
    });
    expect(result).toEqual({ runs: expect.any(Number) });
    expect(await count()).toBe(0);
  });

  describe('with stubbed activities', () => {
    let runner: StubbedRunner;
    beforeAll(async () => {
      runner = await StubbedRunner.create();
    });
    afterAll(() => runner.close());

    it('retries what has failed', async () => {
      const replaced = { deleteOldRuns: failingOnce(7) };
      expect(await runner.outcome(stubbedCleanupOldRuns, 'retried', replaced)).toEqual({ runs: 7 });
    });

    it('fails if it cannot succeed', async () => {
      expect(await runner.outcome(stubbedCleanupOldRuns, 'failed', { deleteOldRuns: failing() })).toBe(
        'FAILED',
      );
    });

    it('stops when it is cancelled', async () => {
      expect(await runner.cancelled(stubbedCleanupOldRuns, 'cancelled', 'deleteOldRuns')).toEqual({
        outcome: 'CANCELLED',
        progress: 'deleting',
      });
    });
  });
});
