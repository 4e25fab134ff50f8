import * as fc from 'fast-check';
import { IdRow } from '../../platform/db/columns';
import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { UsageScene } from './usage.builder';
import { addDays } from './usage.days';
import type { UsageDimension, UsageFilter, UsageSums } from './usage.types';

const HOUR = 3_600_000;
/** Days around which clocks change somewhere. */
const AROUND = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25', '2026-11-01'];
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
];
/** Larger than a double can represent exactly, if several are summed. */
const cost = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(2_000_000_000_123));

let now = new Date();
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ clock: { now: () => now } });
});
afterAll(() => app.close());

const call = fc.record({
  minute: fc.integer({ min: 0, max: 6 * 24 * 60 }),
  state: fc.constantFrom(
    'succeeded' as const,
    'succeeded' as const,
    'failed' as const,
    'aborted' as const,
    'pending' as const,
  ),
  inputTokens: fc.integer({ min: 0, max: 2_000_000_000 }),
  outputTokens: fc.integer({ min: 0, max: 2_000_000_000 }),
  costMicros: cost,
  estimated: fc.boolean(),
  model: fc.constantFrom('small', 'large', '=1+1', 'a/b'),
  role: fc.constantFrom('student', 'teacher', undefined),
  place: fc.constantFrom('class', 'school', 'district', 'nowhere'),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('calls' as const), calls: fc.array(call, { maxLength: 12 }) }),
  fc.record({ kind: fc.constant('aggregate' as const), hours: fc.integer({ min: 0, max: 7 * 24 }) }),
  fc.record({ kind: fc.constant('settle' as const) }),
  fc.record({ kind: fc.constant('months' as const) }),
  fc.record({ kind: fc.constant('zone' as const), zone: fc.constantFrom(...ZONES) }),
);

const SUMS = [
  'calls',
  'failedCalls',
  'abortedCalls',
  'estimatedCalls',
  'inputTokens',
  'outputTokens',
  'costMicros',
] as const;
const textOf = (sums: UsageSums): string => SUMS.map((name) => sums[name]).join(' ');
const added = (rows: readonly UsageSums[]): UsageSums =>
  Object.fromEntries(
    SUMS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]),
  ) as unknown as UsageSums;

async function pendingOf(scene: UsageScene): Promise<string[]> {
  const rows = await app.container.platform.db.rows(
    sql`SELECT id FROM ai_calls WHERE tenant_id = ${scene.tenantId}::uuid AND state = 'pending' LIMIT 3`,
    IdRow,
  );
  return rows.map(({ id }) => id);
}

describe('the sums of usage', () => {
  it('are those of the calls, whatever was aggregated, settled late or moved to another zone in between', async () => {
    const { aggregation, reader } = app.container.usage;
    const property = fc.asyncProperty(
      fc.constantFrom(...AROUND),
      fc.constantFrom(...ZONES),
      fc.array(step, { minLength: 3, maxLength: 8 }),
      async (around, zone, steps) => {
        const scene = await UsageScene.create(app.container, zone);
        const start = Date.parse(addDays(around, -3));
        now = new Date(start + 10 * 24 * HOUR);
        const places = {
          class: {},
          school: { classId: null },
          district: { classId: null, groupId: scene.district.id },
          nowhere: { classId: null, groupId: null },
        };
        const filter: UsageFilter = {
          tenantIds: [scene.tenantId],
          groupPaths: null,
          from: '2026-01-01',
          to: '2026-12-31',
        };
        // No calls before the first day.
        await scene.call({ at: new Date(start) });
        for (const each of steps) {
          if (each.kind === 'calls')
            for (const { minute, place, role, ...values } of each.calls)
              await scene.call({
                ...values,
                ...places[place],
                ...(role === undefined ? {} : { role }),
                at: new Date(start + minute * 60_000),
                // As in reality: a call is settled at the time of its settlement.
                settledAt: new Date(),
              });
          else if (each.kind === 'settle') for (const id of await pendingOf(scene)) await scene.settle(id);
          else if (each.kind === 'zone') await scene.setTimeZone(each.zone);
          else if (each.kind === 'months') await aggregation.aggregateMonths(scene.tenantId);
          else {
            const until = new Date(start + each.hours * HOUR);
            await aggregation.aggregateDays({ tenantId: scene.tenantId, until, limit: 100 });
          }
          const expected = await scene.sumsOfCalls(new Date(0), now);
          expect(textOf(await reader.totals(filter))).toBe(expected);
          for (const groupBy of [
            ['day'],
            ['month', 'model'],
            ['group', 'role'],
            ['user'],
            ['user', 'day'],
            ['month', 'user', 'class'],
          ] as const)
            expect(textOf(added(await reader.summarize({ filter, groupBy }, 1_000)))).toBe(expected);
        }
        await aggregation.aggregateDays({ tenantId: scene.tenantId, until: now, limit: 100 });
        expect(await scene.sumsOfDays('2026-01-01', '2026-12-31')).toBe(
          await scene.sumsOfCalls(new Date(0), now),
        );
        const again = await aggregation.aggregateDays({ tenantId: scene.tenantId, until: now, limit: 100 });
        expect(again.rows).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 20 });
  }, 60_000);

  it('take whole months from their aggregates, until one of their days is due again', async () => {
    const { aggregation, reader } = app.container.usage;
    const { db } = app.container.platform;
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    now = new Date('2026-05-20T12:00:00Z');
    for (const at of [
      '2026-03-31T12:00:00Z',
      '2026-04-01T12:00:00Z',
      '2026-04-30T12:00:00Z',
      '2026-05-20T08:00:00Z',
    ])
      await scene.call({ at });
    const late = await scene.call({ at: '2026-04-10T12:00:00Z', state: 'pending' });
    await aggregation.aggregateDays({ tenantId: scene.tenantId, until: now, limit: 100 });
    await aggregation.aggregateMonths(scene.tenantId);
    // So that the test can tell from where a sum comes.
    await db.execute(
      sql`UPDATE usage_monthly SET cost_micros = cost_micros + 1000 WHERE tenant_id = ${scene.tenantId}::uuid`,
    );
    const filter = { tenantIds: [scene.tenantId], groupPaths: null, from: '2026-04-01', to: '2026-05-31' };
    const costs = async (groupBy: UsageDimension[], from = filter.from) =>
      (await reader.summarize({ filter: { ...filter, from }, groupBy }, 100)).map(
        ({ costMicros }) => costMicros,
      );
    expect(await costs(['month'])).toEqual([1060, 30]);
    expect(await costs(['day'])).toEqual([30, 30, 30]);
    expect(await costs(['month'], '2026-04-02')).toEqual([30, 30]);
    expect(await costs(['month'], '2026-03-01')).toEqual([1030, 1060, 30]);
    await scene.settle(late, 5);
    expect(await costs(['month'])).toEqual([70, 30]);
    await aggregation.aggregateDays({ tenantId: scene.tenantId, until: now, limit: 100 });
    expect(await costs(['month'])).toEqual([70, 30]);
    await aggregation.aggregateMonths(scene.tenantId);
    expect(await costs(['month'])).toEqual([70, 30]);
  });

  it('are paged in rows that are the same before and after their day is aggregated', async () => {
    const { aggregation, reader } = app.container.usage;
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    now = new Date('2026-05-20T12:00:00Z');
    for (let day = 10; day < 20; day += 1)
      for (const model of ['a', 'b', 'c']) await scene.call({ at: `2026-05-${day}T12:00:00Z`, model });
    const filter = { groupPaths: null, from: '2026-05-11', to: '2026-05-18' };
    const all = async (meanwhile?: () => Promise<unknown>) => {
      const rows = [];
      for (let after = null as { day: string; id: string } | null; ; ) {
        const page = await reader.rowsAfter(scene.tenantId, filter, after, 5);
        rows.push(...page.rows);
        after = page.after;
        if (page.isLast) return rows;
        await meanwhile?.();
      }
    };
    const live = await all();
    expect(live).toHaveLength(24);
    const halfway = await all(() =>
      aggregation.aggregateDays({
        tenantId: scene.tenantId,
        until: new Date('2026-05-15T12:00:00Z'),
        limit: 1,
      }),
    );
    expect(halfway).toEqual(live);
    await aggregation.aggregateDays({ tenantId: scene.tenantId, until: now, limit: 100 });
    expect(await all()).toEqual(live);
  });
});
