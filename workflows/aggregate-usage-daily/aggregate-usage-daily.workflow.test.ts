import { UsageScene } from '../../src/features/usage/usage.builder';
import { addDays, startOfDay } from '../../src/features/usage/usage.days';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedAggregateUsageDaily } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { aggregateUsageDailyContract } from './contract';

const HOUR = 3_600_000;
const today = (): string => new Date().toISOString().slice(0, 10);
/**
 * Two days ago, the day has ended and is aggregated in every time zone: the test must not depend on the
 * hour at which it runs.
 */
const noon = (daysAgo: number): string => `${addDays(today(), -daysAgo)}T12:00:00Z`;

/**
 * A worker starts from its sources, and a killed one is missed only after its heartbeat timeout: on a busy
 * machine that takes a minute.
 */
const KILL_LIMIT_MS = 150_000;

let app: TestApp;
let namespace: TestNamespace;
beforeEach(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
});
afterEach(async () => {
  await namespace.close();
  await app.close();
});

describe('aggregateUsageDaily', () => {
  it('aggregates missed days in one run, tenant by tenant, repeats late days, and then finds nothing', async () => {
    const scenes = [
      await UsageScene.create(app.container),
      await UsageScene.create(app.container, 'Asia/Tokyo'),
    ] as const;
    await UsageScene.create(app.container);
    let late = '';
    for (const scene of scenes) {
      for (let day = 8; day >= 2; day -= 1) await scene.call({ at: noon(day) });
      late = await scene.call({ at: noon(5), state: 'pending' });
    }
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    // Seven days each, because noon in UTC is the evening in Tokyo.
    expect(await triggerSchedule(namespace, 'aggregate-usage-daily')).toEqual({
      tenants: 2,
      days: expect.any(Number),
      rows: 14,
      failed: 0,
    });
    for (const scene of scenes)
      expect(await scene.sumsOfDays(addDays(today(), -8), today())).toBe(
        await scene.sumsOfCalls(new Date(0), startOfDay('UTC', today())),
      );
    await scenes[1].settle(late);
    expect(await triggerSchedule(namespace, 'aggregate-usage-daily')).toMatchObject({ days: 1, rows: 1 });
    const before = await scenes[1].dump('usage_daily');
    expect(await triggerSchedule(namespace, 'aggregate-usage-daily')).toMatchObject({ tenants: 2, rows: 0 });
    expect(await scenes[1].dump('usage_daily')).toEqual(before);
    await worker.stop();
  });

  it(
    'continues in another worker if the first one is killed, to the same rows as undisturbed',
    async () => {
      const undisturbed = await UsageScene.create(app.container, 'Europe/Berlin');
      const scene = await UsageScene.create(app.container, 'Europe/Berlin');
      for (let i = 0; i < 60; i += 1) {
        const call = { at: new Date(Date.parse(noon(22)) + i * 8 * HOUR), model: `m${i % 2}`, costMicros: i };
        await Promise.all([undisturbed.call(call), scene.call(call)]);
      }
      const until = new Date();
      await app.container.usage.aggregation.aggregateDays({
        tenantId: undisturbed.tenantId,
        until,
        limit: 100,
      });
      // The tenth day is blocked, and the worker is killed while it waits there.
      const result = await resultAfterKill({
        ...{ databaseUrl: app.databaseUrl, namespace },
        ...{ contract: aggregateUsageDailyContract, input: { continued: null } },
        obstruct: (blocker) =>
          blocker.query(
            'INSERT INTO usage_days (id, tenant_id, day, time_zone, starts_at, ends_at) VALUES (gen_random_uuid(), $1, $2, $3, now(), now())',
            [scene.tenantId, addDays(today(), -11), 'UTC'],
          ),
      });
      expect(result).toMatchObject({ tenants: 2, failed: 0 });
      const meaning = async (of: UsageScene) =>
        (await of.dump('usage_daily'))
          .map((text) => {
            const { day, model, role, calls, input_tokens, output_tokens, cost_micros } = JSON.parse(text);
            return [day, model, role, calls, input_tokens, output_tokens, cost_micros].join(' ');
          })
          .sort();
      expect(await meaning(scene)).toEqual(await meaning(undisturbed));
      expect(await scene.sumsOfDays('2000-01-01', today())).toBe(
        await scene.sumsOfCalls(new Date(0), startOfDay('Europe/Berlin', today())),
      );
    },
    KILL_LIMIT_MS,
  );
});

describe('aggregateUsageDaily with stubbed activities', () => {
  let runner: StubbedRunner;
  beforeAll(async () => {
    runner = await StubbedRunner.create();
  });
  afterAll(() => runner.close());
  const job = stubbedAggregateUsageDaily;

  it('asks again for a tenant that has more days than one activity aggregates', async () => {
    let calls = 0;
    const aggregateTenantDays = () => {
      calls += 1;
      return Promise.resolve({ days: 100, rows: 200, hasMore: calls < 3 });
    };
    expect(await runner.outcome(job, 'more', { aggregateTenantDays })).toEqual({
      tenants: 2,
      days: 400,
      rows: 800,
      failed: 0,
    });
  });

  it('retries what has failed', async () => {
    const aggregateTenantDays = failingOnce({ days: 1, rows: 5, hasMore: false });
    expect(await runner.outcome(job, 'retried', { aggregateTenantDays })).toMatchObject({
      tenants: 2,
      failed: 0,
    });
  });

  it('does the other tenants if one fails, and then fails', async () => {
    const done: string[] = [];
    const aggregateTenantDays = ({ tenantId }: { tenantId: string }) => {
      done.push(tenantId);
      return done.length === 1 ? failing()() : Promise.resolve({ days: 1, rows: 5, hasMore: false });
    };
    expect(await runner.outcome(job, 'failed', { aggregateTenantDays })).toBe('FAILED');
    expect(new Set(done).size).toBe(2);
  });

  it('continues in a new execution before its history grows too long', async () => {
    const seen: (string | null)[] = [];
    const listUsageTenants = (after: string | null) => {
      seen.push(after);
      return Promise.resolve(seen.length > 25 ? [] : [`tenant-${seen.length}`]);
    };
    expect(await runner.outcome(job, 'continued', { listUsageTenants })).toMatchObject({
      tenants: 25,
      days: 25,
    });
    expect(seen.slice(-2)).toEqual(['tenant-24', 'tenant-25']);
    expect((await runner.history('continued')).events?.length).toBeLessThan(100);
  });

  it('stops when it is cancelled, and reports its progress', async () => {
    expect(await runner.cancelled(job, 'cancelled', 'aggregateTenantDays')).toEqual({
      outcome: 'CANCELLED',
      progress: { tenants: 0, days: 0, rows: 0, failed: 0 },
    });
  });
});
