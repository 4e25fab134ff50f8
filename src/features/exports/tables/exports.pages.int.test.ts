import { sql } from '../../../platform/db/sql';
import { createTestApp, type TestApp } from '../../../testing/app';
import { PageCosts } from '../../../testing/page-costs';
import { ExportScene } from '../exports.builder';
import type { TableKind } from '../exports.types';
import { namesForRequester } from './exports.audit-names';
import type { SourceRequest } from './exports.source.sql';
import { createSources } from './exports.sources';

/** The initial classes of the district, and the factor by which they grow. */
const [CLASSES, TIMES] = [20, 4];

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

/**
 * Adds classes with 20 students and 10 assignments, an attempt and a chat of two messages for each, and
 * related rows.
 */
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

const requestOf = (classId: string | null): SourceRequest => ({
  tenantId: scene.school.tenantId,
  classId,
  groupPath: scene.school.path,
  filters: {},
  snapshotAt: new Date(Date.now() + 60_000),
  timeZone: 'Europe/Berlin',
  withDrafts: true,
  requestedBy: scene.admin.id,
});

/** Keys on a page. */
const KEYS = 100;
/**
 * For each of about six tables, the levels of an index and the row. A small table, read as a whole, costs
 * less.
 */
const PAGES_OF_KEY = 20;
/** Keys between two measured pages. */
const SKIPPED = 1_000;

/** Reads a whole table. Returns the cost of its most expensive measured page, and the number of rows. */
async function dearestPage(kind: TableKind, request: SourceRequest) {
  const rows = createSources({
    db: db(),
    usage: app.container.usage.reader,
    currency: 'USD',
    namesOfEvents: namesForRequester(app.container.access, app.container.auditTrail.names),
  })[kind];
  let [most, seen] = [0, 0];
  for (let after: readonly string[] | null = null, isLast = false, turn = 0; !isLast; turn += 1) {
    const read = async (limit: number): Promise<void> => {
      const page = await rows.page(request, after, limit);
      seen += page.rows.length;
      ({ after, isLast } = page);
    };
    if (turn % 2 === 0) most = Math.max(most, await costs.of(() => read(KEYS)));
    else await read(SKIPPED);
  }
  return { most, seen };
}

const KINDS: readonly TableKind[] = ['roster', 'submissions', 'messages', 'audit'];
const OF_CLASS: readonly TableKind[] = ['roster', 'gradebook', 'submissions', 'messages'];

describe('a page of an export', () => {
  it('touches as much of the database when four times as much is left, whatever the kind of table', async () => {
    await addClasses(CLASSES);
    await db().execute(sql`VACUUM ANALYZE`);
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
    await db().execute(sql`VACUUM ANALYZE`);
    for (const [what, now] of await all()) {
      const { most, seen } = before.get(what) ?? { most: 0, seen: 0 };
      const isMore = now.seen > 2 * seen || (what.endsWith('class') && now.seen === seen);
      const costsTheSame = now.most < Math.max(most * 1.5, KEYS * PAGES_OF_KEY);
      const figures = { what, seen: [seen, now.seen], most: [most, now.most] };
      expect({ ...figures, isMore, costsTheSame }).toEqual({ ...figures, isMore: true, costsTheSame: true });
    }
  }, 120_000);
});
