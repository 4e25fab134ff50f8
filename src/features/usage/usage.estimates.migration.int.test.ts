import { readFileSync } from 'node:fs';
import path from 'node:path';
import { raw, sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { UsageScene } from './usage.builder';

const MIGRATION = path.resolve(__dirname, '../../../prisma/migrations/0043_estimated_usage/migration.sql');

describe('usage that was summed up before estimates were counted', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ clock: { now: () => new Date('2026-05-20T12:00:00Z') } });
  });
  afterAll(() => app.close());

  it('gets the number of its estimated calls, by day and by month, as if it were summed up again', async () => {
    const { db } = app.container.platform;
    const { aggregation } = app.container.usage;
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    for (const [at, estimated] of [
      ['2026-03-31T21:59:00Z', true],
      ['2026-03-31T22:01:00Z', true],
      ['2026-04-10T12:00:00Z', false],
      ['2026-04-10T12:00:00Z', true],
    ] as const)
      for (const place of [{}, { classId: null, toolId: null, groupId: null, role: 'student' }])
        await scene.call({ at, estimated, ...place });
    const until = new Date('2026-05-20T12:00:00Z');
    await aggregation.aggregateDays({ tenantId: scene.tenantId, until, limit: 100 });
    await aggregation.aggregateMonths(scene.tenantId);
    const before = [await scene.dump('usage_daily'), await scene.dump('usage_monthly')];
    expect(before.flat().filter((text) => text.includes('"estimated_calls": 1'))).toHaveLength(8);
    await db.execute(sql`UPDATE usage_daily SET estimated_calls = 0`);
    await db.execute(sql`UPDATE usage_monthly SET estimated_calls = 0`);
    for (const statement of readFileSync(MIGRATION, 'utf8').split(/;\s*\n/))
      if (/^UPDATE/m.test(statement)) await db.execute(sql`${raw(statement)}`);
    const plain = (rows: string[]) => rows.map((text) => text.replace(/"updated_at": "[^"]*",? ?/, ''));
    expect([await scene.dump('usage_daily'), await scene.dump('usage_monthly')].map(plain)).toEqual(
      before.map(plain),
    );
  });
});
