import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { encodeCursor } from './cursors';

const DAY_MS = 86_400_000;
const SELECT = { id: true, name: true, createdAt: true, expiresAt: true } as const;

describe('a page of a model', () => {
  let app: TestApp;
  let userId: string;
  const tokens: { id: string; name: string; createdAt: Date }[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    userId = (await new World(app.container).user()).id;
    // Three names and two moments: the id decides between equals.
    for (let n = 0; n < 7; n += 1) {
      const id = crypto.randomUUID();
      const data = {
        ...{ id, userId, name: `Token ${n % 3}`, prefix: 'rapt', scopes: ['classes.read'] },
        ...{ tokenHash: Buffer.from(id), expiresAt: new Date(Date.now() + n * DAY_MS) },
        createdAt: new Date(Date.UTC(2026, 8, 1 + (n % 2), 7, 8, 9, 123)),
      };
      tokens.push(await app.container.platform.db.prisma.apiToken.create({ data, select: SELECT }));
    }
  });
  afterAll(() => app.close());

  const read = (
    name: string,
    descending: boolean,
    page: { kind: 'cursor'; cursor: string | null } | { kind: 'page'; page: number },
    limit = 3,
  ) =>
    app.container.platform.db.prisma.apiToken.page({
      where: { userId },
      select: SELECT,
      sort: { name, descending },
      page: { ...page, limit },
    });

  /** The ids of all pages, one after the other. */
  async function walk(name: string, descending: boolean, limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const { items, pagination } = await read(name, descending, { kind: 'cursor', cursor }, limit);
      ids.push(...items.map(({ id }) => id));
      cursor = 'nextCursor' in pagination ? pagination.nextCursor : null;
      if (cursor === null) return ids;
    }
  }

  const sorted = (name: 'name' | 'createdAt', descending: boolean): string[] => {
    const key = (token: (typeof tokens)[number]) => `${JSON.stringify(token[name])} ${token.id}`;
    const inOrder = tokens.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ id }) => id);
    return descending ? inOrder.toReversed() : inOrder;
  };

  it.each([
    ['name', false],
    ['name', true],
    ['createdAt', false],
    ['createdAt', true],
  ] as const)('follows another, by %s, descending: %s', async (name, descending) => {
    for (const limit of [1, 2, 3, 7, 20])
      expect(await walk(name, descending, limit)).toEqual(sorted(name, descending));
  });

  it('goes on between two pages although rows were made and deleted', async () => {
    const first = await read('createdAt', false, { kind: 'cursor', cursor: null });
    const cursor = 'nextCursor' in first.pagination ? first.pagination.nextCursor : null;
    const { prisma } = app.container.platform.db;
    const gone = first.items.at(-1)!;
    const before = await prisma.apiToken.findUniqueOrThrow({ where: { id: gone.id } });
    await prisma.apiToken.delete({ where: { id: gone.id } });
    const next = await read('createdAt', false, { kind: 'cursor', cursor });
    await prisma.apiToken.create({ data: before });
    expect(next.items.map(({ id }) => id)).toEqual(sorted('createdAt', false).slice(3, 6));
  });

  it('has a number and a total, if it is asked for by its number', async () => {
    const { items, pagination } = await read('name', false, { kind: 'page', page: 2 });
    expect(items.map(({ id }) => id)).toEqual(sorted('name', false).slice(3, 6));
    expect(pagination).toEqual({ page: 2, limit: 3, total: 7, totalPages: 3 });
  });

  it('is refused for a cursor of another order, and for one that somebody made up', async () => {
    const id = crypto.randomUUID();
    const cursors = [
      'x',
      encodeCursor('name', 'Token 1', id),
      encodeCursor('createdAt', 'yesterday', id),
      encodeCursor('createdAt', '+275760-09-13T00:00:00.000Z', id),
      encodeCursor('createdAt', '2026-09-01T00:00:00.000Z', 'no id'),
    ];
    for (const cursor of cursors)
      await expect(read('createdAt', false, { kind: 'cursor', cursor })).rejects.toThrow(
        'The cursor does not belong',
      );
  });

  it('is refused for a sort by a field that is not selected', async () => {
    await expect(read('tokenHash', false, { kind: 'cursor', cursor: null })).rejects.toThrow('cannot sort');
  });
});
