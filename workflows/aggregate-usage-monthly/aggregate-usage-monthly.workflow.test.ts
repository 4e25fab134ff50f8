import { UsageScene } from '../../src/features/usage/usage.builder';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedAggregateUsageMonthly } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { aggregateUsageMonthlyContract } from './contract';

/**
 * A worker starts from its sources, and a killed one is missed only after its heartbeat timeout: on a busy
 * machine that takes a minute.
 */
const KILL_LIMIT_MS = 150_000;

let app: TestApp;
let namespace: TestNamespace;
let scene: UsageScene;
beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
  scene = await UsageScene.create(app.container, 'America/New_York');
  const now = new Date();
  // The middle of each of the last three months.
  for (const back of [1, 2, 3])
    for (const model of ['small', 'large'])
      await scene.call({
        at: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 15, 12)),
        model,
      });
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

describe('aggregateUsageMonthly', () => {
  it(
    'sums up finished months, and completes their days if a worker was killed before',
    async () => {
      const result = await resultAfterKill({
        ...{ databaseUrl: app.databaseUrl, namespace },
        ...{ contract: aggregateUsageMonthlyContract, input: { continued: null } },
        obstruct: (blocker) => blocker.query('LOCK TABLE usage_months IN SHARE MODE'),
      });
      expect(result).toMatchObject({ tenants: 1, failed: 0 });
      // Two months on the first of a month, while the previous one has not ended in New York.
      expect((await scene.dump('usage_monthly')).length).toBeGreaterThanOrEqual(4);
    },
    KILL_LIMIT_MS,
  );

  it('changes nothing when it is done again', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    await triggerSchedule(namespace, 'aggregate-usage-monthly');
    const before = [await scene.dump('usage_monthly'), await scene.dump('usage_months')];
    expect(await triggerSchedule(namespace, 'aggregate-usage-monthly')).toEqual({
      tenants: 1,
      months: 0,
      rows: 0,
      failed: 0,
    });
    expect([await scene.dump('usage_monthly'), await scene.dump('usage_months')]).toEqual(before);
    await worker.stop();
  });
});

describe('aggregateUsageMonthly with stubbed activities', () => {
  let runner: StubbedRunner;
  beforeAll(async () => {
    runner = await StubbedRunner.create();
  });
  afterAll(() => runner.close());
  const job = stubbedAggregateUsageMonthly;

  it('retries what has failed', async () => {
    const aggregateTenantMonths = failingOnce({ months: 1, rows: 5 });
    expect(await runner.outcome(job, 'retried', { aggregateTenantMonths })).toEqual({
      tenants: 2,
      months: 2,
      rows: 10,
      failed: 0,
    });
  });

  it('fails if tenants fail', async () => {
    expect(await runner.outcome(job, 'failed', { aggregateTenantMonths: failing() })).toBe('FAILED');
  });

  it('stops when it is cancelled, and reports its progress', async () => {
    expect(await runner.cancelled(job, 'cancelled', 'aggregateTenantMonths')).toEqual({
      outcome: 'CANCELLED',
      progress: { tenants: 0, months: 0, rows: 0, failed: 0 },
    });
  });
});
