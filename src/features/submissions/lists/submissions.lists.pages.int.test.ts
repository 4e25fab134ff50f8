import type { Principal } from '../../../authz/ability';
import { sql } from '../../../platform/db/sql';
import { ListsScene } from '../../../testing/lists-scene';
import type { ListedSubmissionFilters, SubmissionScope } from '../submissions.types';
import { SubmissionListsRepository } from './submissions.lists.repository';

const LIMIT = 20;
/**
 * Per item, and for the keys read beside it in other classes and states: the levels of some indexes, and
 * rows. A small table, read as a whole, costs less.
 */
const PAGES_OF_ITEM = 60;
const TIMES = 4;

describe('a page of the attempts of the classes of a teacher', () => {
  const scene = new ListsScene();
  let repository: SubmissionListsRepository;

  beforeAll(async () => {
    await scene.open();
    const { db, lists, clock } = scene.app.container.platform;
    repository = new SubmissionListsRepository(db, lists, clock);
  }, 60_000);
  afterAll(() => scene.close());

  /** Measures the cost of a page in the middle. */
  async function costsOf(
    principal: Principal,
    scope: SubmissionScope,
    filters: ListedSubmissionFilters = {},
  ) {
    const page = (cursor: string | null) =>
      repository.list(principal, scope, {
        filters,
        sort: { name: 'submittedAt', descending: true },
        page: { kind: 'cursor', cursor, limit: LIMIT },
      });
    const { pagination, items } = await page(null);
    expect(items).toHaveLength(LIMIT);
    const { nextCursor } = pagination as { nextCursor: string };
    return scene.costs.of(() => page(nextCursor));
  }

  const all = async () => ({
    teacher: await costsOf(scene.teacher, {}),
    'a teacher who grades': await costsOf(scene.teacher, {}, { toGrade: true }),
  });
  const totals = (principal: Principal) => scene.costs.of(() => repository.totals(principal.access));

  function expectSame(before: Record<string, number>, after: Record<string, number>): void {
    for (const [what, cost] of Object.entries(after)) {
      const first = before[what] as number;
      const isSame = cost < Math.max(first * 1.5, LIMIT * PAGES_OF_ITEM);
      expect({ what, first, cost, isSame }).toEqual({ what, first, cost, isSame: true });
    }
  }

  it('touches as much of the database however many attempts there are elsewhere, and in the classes', async () => {
    await scene.addAssignments(scene.classIds, 40);
    await scene.app.container.platform.db.execute(
      sql`UPDATE submissions SET state = 'submitted', returned_at = NULL
          WHERE id IN (SELECT id FROM submissions WHERE class_id = ANY(${scene.classIds}::uuid[]) ORDER BY id LIMIT 60)`,
    );
    await scene.addAssignments(await scene.addClasses(10), 20);
    await scene.settle();
    const before = { ...(await all()), totals: await totals(scene.teacher) };
    const others = await scene.addClasses(10 * (TIMES - 1));
    await scene.addAssignments(others, 20);
    await scene.settle();
    expectSame(before, { ...(await all()), totals: await totals(scene.teacher) });
    const small = await all();
    for (const classIds of [scene.classIds, others]) await scene.addAssignments(classIds, 40 * (TIMES - 1));
    await scene.settle();
    expectSame(small, await all());
  }, 120_000);
});
