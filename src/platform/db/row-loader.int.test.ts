import { z } from 'zod';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import type { Database } from './database';
import { RowLoader } from './row-loader';
import { sql } from './sql';

const Row = z.object({ id: z.string(), name: z.string() });

describe('the row loader', () => {
  let app: TestApp;
  let ids: string[];
  beforeAll(async () => {
    app = await createTestApp();
    const world = new World(app.container);
    ids = await Promise.all(Array.from({ length: 4 }, async () => (await world.user()).id));
  });
  afterAll(() => app.close());
  const db = (): Database => app.container.platform.db;

  function loader() {
    const asked: string[][] = [];
    const statement = (some: string[]) => {
      asked.push(some);
      return sql`SELECT id, name FROM users WHERE id = ANY (${some}::uuid[])`;
    };
    return { asked, users: new RowLoader(db(), Row, statement) };
  }

  it('reads all rows of one turn with one statement, each id once, and gives each caller its own row', async () => {
    const { asked, users } = loader();
    const wanted = [...ids, ids[0] as string, newId()];
    const found = await Promise.all(wanted.map((id) => users.find(id)));
    expect(found.map((row) => row?.id ?? null)).toEqual([...ids, ids[0], null]);
    expect(asked.map((some) => some.toSorted())).toEqual([[...new Set(wanted)].sort()]);
  });

  it('treats an id in capitals as the same', async () => {
    const { users } = loader();
    expect((await users.find((ids[0] as string).toUpperCase()))?.id).toBe(ids[0]);
  });

  it('begins another statement for very many ids', async () => {
    const { asked, users } = loader();
    const found = await Promise.all(Array.from({ length: 250 }, () => users.find(newId())));
    expect(found.every((row) => row === null)).toBe(true);
    expect(asked.map((some) => some.length)).toEqual([100, 100, 50]);
  });

  it('shows a transaction its own changes, and hides them from others', async () => {
    const { users } = loader();
    const id = ids[1] as string;
    await expect(
      db().transaction(async () => {
        await db().execute(sql`UPDATE users SET name = 'Changed within' WHERE id = ${id}::uuid`);
        expect((await users.find(id))?.name).toBe('Changed within');
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    expect((await users.find(id))?.name).not.toBe('Changed within');
  });

  it('fails all of them if the statement fails, without affecting later ones', async () => {
    const { users } = loader();
    const failed = await Promise.allSettled([users.find('no uuid'), users.find(ids[2] as string)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await users.find(ids[2] as string))?.id).toBe(ids[2]);
  });
});
