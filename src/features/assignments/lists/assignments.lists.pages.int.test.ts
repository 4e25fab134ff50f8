import type { Principal } from '../../../authz/ability';
import { ListsScene } from '../../../testing/lists-scene';
import type { ListedAssignmentFilters } from '../assignments.types';
import { AssignmentListsRepository } from './assignments.lists.repository';

const LIMIT = 20;
/** Keys read per class: the next power of two above the limit. Each may be on a different page. */
const KEYS_OF_CLASS = 32;
/** Per item: the levels of some indexes, and rows of about six tables. */
const PAGES_OF_ITEM = 30;
const TIMES = 4;

describe('a page of the assignments of several classes', () => {
  const scene = new ListsScene();
  let repository: AssignmentListsRepository;

  beforeAll(async () => {
    await scene.open();
    const { db, lists, clock } = scene.app.container.platform;
    repository = new AssignmentListsRepository(db, lists, clock);
  }, 60_000);
  afterAll(() => scene.close());

  /** Measures the cost of a page in the middle. */
  async function costsOf(
    principal: Principal,
    scope: { groupPath?: string },
    filters: ListedAssignmentFilters = {},
  ) {
    const page = (cursor: string | null) =>
      repository.list(principal, scope, {
        filters,
        sort: { name: 'dueAt', descending: false },
        page: { kind: 'cursor', cursor, limit: LIMIT },
      });
    const { pagination, items } = await page(null);
    expect(items).toHaveLength(LIMIT);
    const { nextCursor } = pagination as { nextCursor: string };
    return scene.costs.of(() => page(nextCursor));
  }

  const all = async () => ({
    student: await costsOf(scene.student, {}),
    teacher: await costsOf(scene.teacher, {}),
    'the published of a teacher': await costsOf(scene.teacher, {}, { state: 'published' }),
  });
  const more = async () => ({
    ...(await all()),
    'an admin of the group': await costsOf(scene.admin, { groupPath: scene.school.path }),
  });
  const totals = (principal: Principal) => scene.costs.of(() => repository.totals(principal));

  function expectSame(before: Record<string, number>, after: Record<string, number>, classes: number): void {
    for (const [what, cost] of Object.entries(after)) {
      const first = before[what] as number;
      const isSame = cost < Math.max(first * 1.5, classes * KEYS_OF_CLASS + LIMIT * PAGES_OF_ITEM);
      expect({ what, first, cost, isSame }).toEqual({ what, first, cost, isSame: true });
    }
  }

  it('touches as much of the database however many assignments there are elsewhere, and in the classes', async () => {
    await scene.addAssignments(scene.classIds, 40);
    await scene.addAssignments(await scene.addClasses(10), 20);
    await scene.settle();
    const before = { ...(await all()), totals: await totals(scene.student) };
    const others = await scene.addClasses(10 * (TIMES - 1));
    await scene.addAssignments(others, 20);
    await scene.settle();
    const own = scene.classIds.length;
    expectSame(before, { ...(await all()), totals: await totals(scene.student) }, own);
    const small = await more();
    const district = own + 10 * TIMES;
    for (const classIds of [scene.classIds, others]) await scene.addAssignments(classIds, 40 * (TIMES - 1));
    await scene.settle();
    expectSame(small, await more(), district);
  }, 120_000);
});
