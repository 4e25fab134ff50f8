import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { PageCosts } from '../../testing/page-costs';
import { UsageScene } from './usage.builder';
import type { UsageFilter } from './usage.types';

const NOW = new Date('2026-05-20T12:00:00Z');
/** Schools with a class of twenty people each, and calls of each person. */
const [SCHOOLS, CALLS] = [25, 40];
/** With so few pages, one more level of an index is a large share. */
const FEW_PAGES = 100;
/** The factor by which the calls grow. */
const TIMES = 4;

let app: TestApp;
let scene: UsageScene;
let costs: PageCosts;
const db = () => app.container.platform.db;

beforeAll(async () => {
  app = await createTestApp({ clock: { now: () => NOW } });
  scene = await UsageScene.create(app.container);
  costs = await PageCosts.open(app.databaseUrl, db());
});
afterAll(async () => {
  await costs.close();
  await app.close();
});

/** Adds schools like ours, with calls of their people in the sixty days before `until`. */
async function addSchools(count: number, until: Date): Promise<void> {
  const { tenantId, district, tool } = scene;
  await db().execute(
    sql`WITH g AS (INSERT INTO groups (id, parent_id, tenant_id, path, name, kind)
          SELECT id, ${tenantId}::uuid, ${tenantId}::uuid, (${district.path} || '.s1_' || right(replace(id::text, '-', ''), 12))::ltree, 'School', 'school'
          FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${count}::int)) made RETURNING id),
        c AS (INSERT INTO classes (id, tenant_id, group_id, name) SELECT gen_random_uuid(), ${tenantId}::uuid, g.id, 'Class' FROM g RETURNING id, group_id),
        u AS (INSERT INTO users (id, tenant_id, email, name)
          SELECT id, ${tenantId}::uuid, id || '@example.org', 'Pupil' FROM (SELECT gen_random_uuid() AS id FROM c, generate_series(1, 20)) made RETURNING id),
        seats AS (SELECT c.id AS class_id, c.group_id, u.id AS user_id FROM (SELECT c.*, row_number() OVER () - 1 AS n FROM c) c
          JOIN (SELECT id, row_number() OVER () - 1 AS n FROM u) u ON u.n / 20 = c.n)
      INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, purpose, provider, model, role, state, cost_micros, settled_at, created_at)
      SELECT gen_random_uuid(), ${tenantId}::uuid, s.group_id, s.class_id, s.user_id, ${tool.id}::uuid, 'chat', 'test', 'small', 'student', 'succeeded', 30, at, at
      FROM seats s, generate_series(1, ${CALLS}::int) n, LATERAL (SELECT ${until}::timestamptz - make_interval(hours => n * 36) AS at) t`,
  );
}

const filterOf = (more: Partial<UsageFilter> = {}): UsageFilter => ({
  tenantIds: [scene.tenantId],
  groupPaths: null,
  from: '2026-03-21',
  to: '2026-05-20',
  ...more,
});

/** Measures the cost of the first page by person, and the number of its calls. */
async function pageOf(filter: UsageFilter) {
  const { reader } = app.container.usage;
  let calls = 0;
  const touched = await costs.of(async () => {
    const rows = await reader.summarize({ filter, groupBy: ['user'] }, 100);
    calls = rows.reduce((sum, row) => sum + row.calls, 0);
  });
  return { touched, calls };
}

describe('usage by person', () => {
  it('touches the same number of pages when other users of the district make four times as many calls', async () => {
    await addSchools(SCHOOLS, NOW);
    const ofOne = await db().prisma.aiCall.findFirstOrThrow({ where: { tenantId: scene.tenantId } });
    const { path } = await db()
      .prisma.group.findUniqueOrThrow({ where: { id: ofOne.groupId as string }, select: { pathText: true } })
      .then(({ pathText }) => ({ path: pathText }));
    const questions = {
      'of a class': filterOf({ classId: ofOne.classId as string }),
      'of a person': filterOf({ userId: ofOne.userId }),
      'of a school': filterOf({ groupPaths: [path] }),
    };
    const all = async () => {
      await app.container.usage.aggregation.aggregateDays({
        tenantId: scene.tenantId,
        until: NOW,
        limit: 100,
      });
      await db().execute(sql`VACUUM ANALYZE`);
      const found: Record<string, { touched: number; calls: number }> = {};
      for (const [what, filter] of Object.entries(questions)) found[what] = await pageOf(filter);
      return found;
    };
    const before = await all();
    await addSchools(SCHOOLS * (TIMES - 1), NOW);
    const after = await all();
    for (const [what, now] of Object.entries(after)) {
      const then = before[what] as { touched: number; calls: number };
      expect(now.calls).toBe(then.calls);
      const figures = { what, before: then.touched, now: now.touched };
      expect({ ...figures, isMore: now.touched > Math.max(1.5 * then.touched, FEW_PAGES) }).toEqual({
        ...figures,
        isMore: false,
      });
    }
  }, 120_000);

  it('of a whole district touches only the calls of the span, however many came before', async () => {
    const span = filterOf({ from: '2026-05-10' });
    const before = await pageOf(span);
    await addSchools(SCHOOLS * TIMES, new Date('2026-01-20T12:00:00Z'));
    await app.container.usage.aggregation.aggregateDays({ tenantId: scene.tenantId, until: NOW, limit: 400 });
    await db().execute(sql`VACUUM ANALYZE`);
    const after = await pageOf(span);
    expect(after.calls).toBe(before.calls);
    const figures = { before: before.touched, now: after.touched };
    expect({ ...figures, isMore: after.touched > 1.5 * before.touched }).toEqual({
      ...figures,
      isMore: false,
    });
  }, 120_000);
});
