import fc from 'fast-check';
import { z } from 'zod';
import type { Page } from '../../shared/pages';
import { createTestApp, type TestApp } from '../../testing/app';
import type { ListStatement } from './paging';
import { sql } from './sql';

const Row = z.object({ id: z.string(), name: z.string(), size: z.number() });
type Item = z.infer<typeof Row>;

const COLUMNS = {
  name: { expression: sql`t.name`, type: 'text' as const },
  size: { expression: sql`t.size`, type: 'integer' as const },
  madeAt: { expression: sql`t.made_at`, type: 'timestamptz' as const },
};
type SortName = keyof typeof COLUMNS;

describe('lists', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
    await db().execute(
      sql`CREATE TABLE t (id uuid PRIMARY KEY, name text NOT NULL, size int NOT NULL, made_at timestamptz NOT NULL)`,
    );
    // Names and times come in groups of equals, so that the id decides; accents and cases test the
    // collation.
    await db().execute(
      sql`INSERT INTO t SELECT gen_random_uuid(), (ARRAY['ada', 'Ada', 'Änne', 'zoë', 'Zora', 'émile', '', '😀'])[1 + n % 8] , n % 5, timestamptz '2026-03-29 00:30:00+00' + make_interval(mins => n % 7) + interval '1 microsecond' * (n % 3)
          FROM generate_series(1, 83) n`,
    );
  });
  afterAll(() => app.close());
  const db = () => app.container.platform.db;
  const lists = () => app.container.platform.lists;

  function query(
    sort: SortName,
    descending: boolean,
    page: ListStatement<typeof Row>['page'],
    where: ListStatement<typeof Row>['where'] = [],
  ): ListStatement<typeof Row> {
    return {
      columns: sql`t.id, t.name, t.size`,
      from: sql`t`,
      where,
      sort: { column: COLUMNS[sort], descending, name: (descending ? '-' : '') + sort },
      id: sql`t.id`,
      page,
      row: Row,
    };
  }

  async function byCursor(sort: SortName, descending: boolean, limit: number): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = null, pages = 0; pages < 200; pages += 1) {
      const page: Page<Item> = await lists().list(query(sort, descending, { kind: 'cursor', cursor, limit }));
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      cursor = (page.pagination as { nextCursor: string | null }).nextCursor;
      if (cursor === null) return items;
    }
    throw new Error('the list has no end');
  }

  async function byNumber(sort: SortName, descending: boolean, limit: number): Promise<Item[]> {
    const items: Item[] = [];
    for (let number = 1; ; number += 1) {
      const page = await lists().list(query(sort, descending, { kind: 'page', page: number, limit }));
      expect(page.pagination).toEqual({ page: number, limit, total: 83, totalPages: Math.ceil(83 / limit) });
      items.push(...page.items);
      if (page.items.length < limit) return items;
    }
  }

  it('hold each item once, in the same order whichever way they are read', async () => {
    const sorts = fc.record({
      sort: fc.constantFrom<SortName>('name', 'size', 'madeAt'),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(sorts, async ({ sort, descending, limit }) => {
        const [cursor, number] = [
          await byCursor(sort, descending, limit),
          await byNumber(sort, descending, limit),
        ];
        expect(cursor.map(({ id }) => id)).toEqual(number.map(({ id }) => id));
        expect(new Set(cursor.map(({ id }) => id)).size).toBe(83);
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it('continue after the cursor although items are added and removed', async () => {
    const first = await lists().list(query('size', false, { kind: 'cursor', cursor: null, limit: 10 }));
    const { nextCursor } = first.pagination as { nextCursor: string };
    const before = await lists().list(
      query('size', false, { kind: 'cursor', cursor: nextCursor, limit: 10 }),
    );
    await db().execute(sql`INSERT INTO t VALUES ('00000000-0000-4000-8000-000000000000', 'new', -1, now())`);
    const after = await lists().list(query('size', false, { kind: 'cursor', cursor: nextCursor, limit: 10 }));
    expect(after.items).toEqual(before.items);
    await db().execute(sql`DELETE FROM t WHERE size = -1`);
  });

  it('show their total on a page beyond the end, and for no items', async () => {
    const beyond = await lists().list(query('name', false, { kind: 'page', page: 50, limit: 10 }));
    expect(beyond).toEqual({ items: [], pagination: { page: 50, limit: 10, total: 83, totalPages: 9 } });
    const nothing = await lists().list(
      query('name', false, { kind: 'page', page: 1, limit: 10 }, [sql`t.size > ${100}`]),
    );
    expect(nothing).toEqual({ items: [], pagination: { page: 1, limit: 10, total: 0, totalPages: 0 } });
  });

  it('filter by every condition', async () => {
    const page = await lists().list(
      query('name', false, { kind: 'page', page: 1, limit: 100 }, [
        sql`t.size = ${1}`,
        sql`t.name = ${'Änne'}`,
      ]),
    );
    expect(page.items.length).toBeGreaterThan(0);
    expect(page.items.every(({ size, name }) => size === 1 && name === 'Änne')).toBe(true);
  });

  it.each([
    ['no base64 of ours', '%%%'],
    ['no JSON', Buffer.from('nonsense').toString('base64url')],
    ['of another shape', Buffer.from('{"a":1}').toString('base64url')],
    [
      'of another sort',
      Buffer.from(JSON.stringify(['-name', 'x', '01890a5d-ac96-774b-bcce-b302099a8057'])).toString(
        'base64url',
      ),
    ],
    [
      'with a key of another type',
      Buffer.from(
        JSON.stringify(['size', "1'; DROP TABLE t", '01890a5d-ac96-774b-bcce-b302099a8057']),
      ).toString('base64url'),
    ],
    [
      'with a NUL',
      Buffer.from(JSON.stringify(['size', '\0', '01890a5d-ac96-774b-bcce-b302099a8057'])).toString(
        'base64url',
      ),
    ],
    ['with no id', Buffer.from(JSON.stringify(['size', '1', 'x'])).toString('base64url')],
  ])('refuse a cursor that is %s', async (_what, cursor) => {
    await expect(
      lists().list(query('size', false, { kind: 'cursor', cursor, limit: 10 })),
    ).rejects.toMatchObject({ kind: 'invalid_input', details: { issues: [{ reason: 'invalid_cursor' }] } });
  });

  it('count a large list again only every few seconds', async () => {
    await db().execute(
      sql`CREATE TABLE large AS SELECT gen_random_uuid() AS id, 'x' AS name, n AS size, now() AS made_at FROM generate_series(1, 2500) n`,
    );
    const large = { ...query('size', false, { kind: 'page', page: 1, limit: 1 }), from: sql`large t` };
    expect((await lists().list(large)).pagination).toMatchObject({ total: 2_500 });
    await db().execute(sql`DELETE FROM large WHERE size > 2400`);
    expect((await lists().list(large)).pagination).toMatchObject({ total: 2_500 });
    const other = { ...large, where: [sql`t.size > ${0}`] };
    expect((await lists().list(other)).pagination).toMatchObject({ total: 2_400 });
  });
});
