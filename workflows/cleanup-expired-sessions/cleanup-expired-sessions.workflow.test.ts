import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { runToolContract } from '../../src/features/runs';
import { sql } from '../../src/platform/db/sql';
import { newId } from '../../src/shared/ids';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { World } from '../../src/testing/world';
import type { WorkerProcess } from '../runtime/worker-process';
import { SCHEDULES } from '../schedules';
import { testWorkflowBundle } from '../testing/bundle';
import { resultAfterKill } from '../testing/killed-worker';
import { startTestWorker } from '../testing/test-worker';
import type { CleanupActivities } from './activities';
import { cleanupExpiredSessionsContract, IDLE_HOURS } from './contract';

/** More than two batches. */
const IDLE_SESSIONS = 450;

let app: TestApp;
let teacher: { id: string };
let tenantId: string;
let toolId: string;

beforeAll(async () => {
  app = await createTestApp();
  const world = new World(app.container);
  const group = await world.group();
  tenantId = group.tenantId;
  teacher = await world.member(group, 'teacher');
  toolId = (await world.tool(group, teacher)).id;
});
afterAll(() => app.close());
beforeEach(() => app.container.platform.db.execute(sql`DELETE FROM sessions`));

const db = () => app.container.platform.db;

async function sessions(count: number, idleHours: number): Promise<void> {
  await db().execute(
    sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, last_activity_at)
        SELECT gen_random_uuid(), ${tenantId}::uuid, ${teacher.id}::uuid, ${toolId}::uuid, 1, now() - make_interval(hours => ${idleHours})
        FROM generate_series(1, ${count}::int)`,
  );
}

const countOf = async (state: string) =>
  (
    await db().row(
      sql`SELECT count(*) AS n FROM sessions WHERE state = ${state}`,
      z.object({ n: z.number() }),
    )
  )?.n;

/** Triggers the schedule now, as an operator would. @returns the workflow's result */
async function trigger(namespace: TestNamespace): Promise<unknown> {
  const schedule = namespace.client.schedule.getHandle('rapt/cleanup-expired-sessions');
  const before = (await schedule.describe()).info.numActionsTaken;
  await schedule.trigger();
  for (;;) {
    const { info } = await schedule.describe();
    const last = info.recentActions.at(-1);
    if (info.numActionsTaken > before && last !== undefined)
      return namespace.client.workflow.getHandle(last.action.workflow.workflowId).result();
  }
}

const start = (namespace: TestNamespace, workflowId: string) =>
  namespace.client.workflow.start(cleanupExpiredSessionsContract.name, {
    workflowId,
    taskQueue: cleanupExpiredSessionsContract.taskQueue,
    args: [{ idleHours: IDLE_HOURS }],
  });

describe('cleanupExpiredSessions', () => {
  let namespace: TestNamespace;
  let worker: WorkerProcess;
  beforeAll(async () => {
    namespace = await createTestNamespace();
    worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
  });
  afterAll(async () => {
    await worker.stop();
    await namespace.close();
  });

  it('is scheduled when a worker starts, completes idle sessions in batches, and does nothing the second time', async () => {
    const listed: string[] = [];
    for await (const schedule of namespace.client.schedule.list()) listed.push(schedule.scheduleId);
    expect(listed.sort()).toEqual(SCHEDULES.map((entry) => `rapt/${entry.id}`).sort());

    await Promise.all([sessions(IDLE_SESSIONS, 25), sessions(3, 23)]);
    expect(await trigger(namespace)).toEqual({ sessions: IDLE_SESSIONS, runs: 0, calls: 0 });
    expect([await countOf('completed'), await countOf('active')]).toEqual([IDLE_SESSIONS, 3]);
    expect(await trigger(namespace)).toEqual({ sessions: 0, runs: 0, calls: 0 });
    expect([await countOf('completed'), await countOf('active')]).toEqual([IDLE_SESSIONS, 3]);
  });

  it('ends runs that have lost their workflow, and settles calls that nobody will settle', async () => {
    const id = newId();
    await db().execute(
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, input, state, started_at)
          VALUES (${id}::uuid, ${tenantId}::uuid, ${teacher.id}::uuid, ${toolId}::uuid, 1, '{}', 'running', now() - interval '26 hours')`,
    );
    await db().execute(
      sql`INSERT INTO outbox (id, tenant_id, workflow, task_queue, workflow_id, input, summary, subject_id, state, started_at)
          VALUES (${newId()}::uuid, ${tenantId}::uuid, 'runTool', 'ai-runs', ${runToolContract.workflowId({ runId: id })}, '{}', '', ${id}::uuid, 'started', now() - interval '26 hours')`,
    );
    await db().execute(
      sql`INSERT INTO ai_calls (id, tenant_id, user_id, purpose, provider, model, created_at)
          VALUES (${newId()}::uuid, ${tenantId}::uuid, ${teacher.id}::uuid, 'chat', 'test', 'test', now() - interval '1 hour')`,
    );
    expect(await trigger(namespace)).toEqual({ sessions: 0, runs: 1, calls: 1 });
    expect(await trigger(namespace)).toEqual({ sessions: 0, runs: 0, calls: 0 });
  });

  it('continues in another worker if the first one is killed', async () => {
    await sessions(IDLE_SESSIONS, 25);
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace: await createTestNamespace() },
      ...{ contract: cleanupExpiredSessionsContract, input: { idleHours: IDLE_HOURS } },
      obstruct: (blocker) => blocker.query('LOCK TABLE sessions IN SHARE MODE'),
    });
    expect(result).toEqual({ sessions: expect.any(Number), runs: 0, calls: 0 });
    expect([await countOf('completed'), await countOf('active')]).toEqual([IDLE_SESSIONS, 0]);
  });

  describe('with stubbed activities', () => {
    const NONE = () => Promise.resolve(0);
    let namespace: TestNamespace;
    let connection: NativeConnection;
    beforeAll(async () => {
      namespace = await createTestNamespace();
      connection = await NativeConnection.connect({ address: namespace.address });
    });
    afterAll(async () => {
      await connection.close();
      await namespace.close();
    });

    async function outcome(
      name: string,
      activities: Partial<CleanupActivities>,
      meanwhile?: () => Promise<void>,
    ): Promise<unknown> {
      const worker = await Worker.create({
        connection,
        namespace: namespace.name,
        taskQueue: cleanupExpiredSessionsContract.taskQueue,
        workflowBundle: await testWorkflowBundle(),
        maxHeartbeatThrottleInterval: 100,
        activities: {
          completeIdleSessions: NONE,
          endLostRuns: NONE,
          settleAbandonedCalls: NONE,
          ...activities,
        },
      });
      return worker.runUntil(async () => {
        const handle = await start(namespace, name);
        await meanwhile?.();
        return handle.result().catch(() => handle.describe().then(({ status }) => status.name));
      });
    }

    it('tries a part again that has failed', async () => {
      let calls = 0;
      const completeIdleSessions = async () => {
        calls += 1;
        if (calls === 1) throw ApplicationFailure.retryable('database.unavailable', 'database.unavailable');
        return 7;
      };
      expect(await outcome('retried', { completeIdleSessions })).toEqual({ sessions: 7, runs: 0, calls: 0 });
      expect(calls).toBe(2);
    });

    it('fails if a part cannot succeed, and leaves the rest to the next hour', async () => {
      const endLostRuns = () => Promise.reject(ApplicationFailure.nonRetryable('internal', 'internal'));
      expect(await outcome('failed', { endLostRuns })).toBe('FAILED');
    });

    it('stops when it is cancelled', async () => {
      let begun: () => void = () => {};
      const beginning = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const completeIdleSessions = async () => {
        begun();
        const context = Context.current();
        while (!context.cancellationSignal.aborted) {
          context.heartbeat();
          await sleep(50);
        }
        throw new CancelledFailure('cancelled');
      };
      const cancel = async () => {
        await beginning;
        await namespace.client.workflow.getHandle('cancelled').cancel();
      };
      expect(await outcome('cancelled', { completeIdleSessions }, cancel)).toBe('CANCELLED');
    });
  });
});
