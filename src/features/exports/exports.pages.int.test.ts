import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { PageCosts } from '../../testing/page-costs';
import { ExportScene } from './exports.builder';
import type { SourceRequest } from './exports.source.rows';
import { createSources } from './exports.sources';
import type { TableKind } from './exports.types';

/** Classes of the district at first, and how many times as many there are in the end. */
const [CLASSES, TIMES] = [15, 4];

let app: TestApp;
let scene: ExportScene;
let costs: PageCosts;

beforeAll(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  costs = await PageCosts.open(app.databaseUrl, db());
});
afterAll(async () => {
  await costs.close();
  await app.close();
});

const db = () => app.container.platform.db;

/** Classes with 20 students, 10 assignments, an attempt and a chat of two messages for each; and what goes with them. */
async function addClasses(count: number): Promise<void> {
  const [tenant, admin, tool] = [scene.school.id, scene.admin.id, scene.tool.id];
  await db().execute(
    sql`WITH c AS (INSERT INTO classes (id, tenant_id, group_id, name) SELECT gen_random_uuid(), ${tenant}::uuid, ${tenant}::uuid, 'Class ' || n FROM generate_series(1, ${count}::int) n RETURNING id),
        u AS (INSERT INTO users (id, tenant_id, email, name) SELECT id, ${tenant}::uuid, id || '@example.org', 'Pupil' FROM (SELECT gen_random_uuid() AS id FROM c, generate_series(1, 20)) made RETURNING id),
        seats AS (SELECT c.id AS class_id, u.id AS user_id FROM (SELECT id, row_number() OVER () - 1 AS n FROM c) c JOIN (SELECT id, row_number() OVER () - 1 AS n FROM u) u ON u.n / 20 = c.n),
        m AS (INSERT INTO class_members (id, class_id, user_id, role) SELECT gen_random_uuid(), class_id, user_id, 'student' FROM seats),
        gm AS (INSERT INTO group_members (id, group_id, user_id, role) SELECT gen_random_uuid(), ${tenant}::uuid, id, 'student' FROM u),
        a AS (INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, state, published_at, created_by)
          SELECT gen_random_uuid(), ${tenant}::uuid, c.id, ${tool}::uuid, 1, 'Assignment ' || n, 'published', now(), ${admin}::uuid FROM c, generate_series(1, 10) n RETURNING id, class_id),
        s AS (INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version)
          SELECT gen_random_uuid(), ${tenant}::uuid, a.id, seats.user_id, 1, ${tool}::uuid, 1 FROM a JOIN seats USING (class_id) RETURNING user_id, assignment_id),
        x AS (INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id)
          SELECT gen_random_uuid(), ${tenant}::uuid, s.user_id, ${tool}::uuid, 1, a.class_id FROM s JOIN a ON a.id = s.assignment_id RETURNING id),
        e AS (INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type) SELECT gen_random_uuid(), ${tenant}::uuid, 'system', 'thing.made', 'thing' FROM s)
      INSERT INTO messages (id, session_id, seq, role, content) SELECT gen_random_uuid(), x.id, n, 'user', 'Words' FROM x, generate_series(1, 2) n`,
  );
}

/** Days on which each of the first classes has used something, aggregated from the first day on. */
async function addUsage(days: number): Promise<void> {
  await db().execute(sql`TRUNCATE usage_progress, usage_days, usage_daily, usage_months, usage_monthly`);
  await db().execute(
    sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, purpose, provider, model, state, input_tokens, output_tokens, cost_micros, settled_at, created_at)
        SELECT gen_random_uuid(), c.tenant_id, c.group_id, c.id, ${scene.teacher.id}::uuid, ${scene.tool.id}::uuid, 'chat', 'test', 'small', 'succeeded', 1, 1, 1, at, at
        FROM (SELECT * FROM classes WHERE tenant_id = ${scene.school.id}::uuid ORDER BY id LIMIT ${CLASSES}) c,
             (SELECT now() - make_interval(days => n) AS at FROM generate_series(2, ${days}::int + 1) n) days`,
  );
  await app.container.usage.aggregation.aggregateDays({
    tenantId: scene.school.id,
    until: new Date(),
    limit: 1_000,
  });
}

const requestOf = (classId: string | null): SourceRequest => ({
  tenantId: scene.school.tenantId,
  classId,
  groupPath: scene.school.path,
  filters: {},
  snapshotAt: new Date(Date.now() + 60_000),
  timeZone: 'Europe/Berlin',
  withDrafts: true,
});

/** Of the pages of a table, of 100 keys each, so many are measured. */
const MEASURED = 10;

/** All pages of a table: what the dearest of those measured cost, and how much there was. */
async function dearestPage(kind: TableKind, request: SourceRequest) {
  const rows = createSources(db(), app.container.usage.reader)[kind];
  const touched: number[] = [];
  const every = Math.max(1, Math.floor((await rows.count(request)) / 100 / MEASURED));
  let [seen, pages] = [0, 0];
  for (let after: readonly string[] | null = null, isLast = false; !isLast; pages += 1) {
    const turn = async (): Promise<void> => {
      const page = await rows.page(request, after, 100);
      seen += page.rows.length;
      ({ after, isLast } = page);
    };
    if (pages % every === 0) touched.push(await costs.of(turn));
    else await turn();
  }
  return { most: Math.max(...touched), seen };
}

const KINDS: readonly TableKind[] = ['roster', 'submissions', 'messages', 'audit', 'usage'];
const OF_CLASS: readonly TableKind[] = ['roster', 'gradebook', 'submissions', 'messages', 'usage'];

describe('a page of an export', () => {
  it('touches as much of the database when four times as much is left, whatever the kind', async () => {
    await addClasses(CLASSES);
    await addUsage(20);
    await db().execute(sql`ANALYZE`);
    const { classId } = (await db().prisma.assignment.findFirstOrThrow({
      where: { title: 'Assignment 1' },
    })) as { classId: string };
    const all = async () => {
      const costs: [string, { most: number; seen: number }][] = [];
      for (const kind of KINDS) costs.push([kind, await dearestPage(kind, requestOf(null))]);
      for (const kind of OF_CLASS)
        costs.push([`${kind} of a class`, await dearestPage(kind, requestOf(classId))]);
      return new Map(costs);
    };
    const before = await all();
    await addClasses(CLASSES * (TIMES - 1));
    await addUsage(20 * TIMES);
    await db().execute(sql`ANALYZE`);
    for (const [what, now] of await all()) {
      const { most, seen } = before.get(what) ?? { most: 0, seen: 0 };
      const isMore = now.seen > 2 * seen || (what.endsWith('class') && now.seen === seen);
      const costsTheSame = now.most < most * 1.5 + 50;
      expect({ what, most, seen, now, isMore, costsTheSame }).toMatchObject({
        isMore: true,
        costsTheSame: true,
      });
    }
  }, 120_000);
});
