import { Client } from 'pg';
import { z } from 'zod';
import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { isDatabaseUnavailable, violatedConstraint } from './errors';
import { sql } from './sql';

const One = z.object({ one: z.number() });
const Count = z.object({ count: z.number() });

describe('the database', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());
  const db = () => app.container.platform.db;

  /** Locks a user's row on a separate connection, or fails immediately. */
  async function outside(userId: string): Promise<void> {
    const client = new Client({ connectionString: app.databaseUrl });
    await client.connect();
    try {
      await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE NOWAIT', [userId]);
    } finally {
      await client.end();
    }
  }

  it('reads rows of a named shape and refuses others', async () => {
    await expect(db().rows(sql`SELECT 1 AS one`, One)).resolves.toEqual([{ one: 1 }]);
    await expect(db().rows(sql`SELECT 'x' AS one`, One)).rejects.toThrow('expected number');
  });

  it('lets Prisma and own statements share one transaction, and rolls both back', async () => {
    const user = await new World(app.container).user();
    await expect(
      db().transaction(async () => {
        await db().prisma.user.updateMany({ where: { id: user.id }, data: { name: 'By Prisma' } });
        const seen = await db().row(
          sql`SELECT name FROM users WHERE id = ${user.id}::uuid`,
          z.object({ name: z.string() }),
        );
        expect(seen).toEqual({ name: 'By Prisma' });
        await db().execute(sql`UPDATE users SET locale = 'de' WHERE id = ${user.id}::uuid`);
        const row = await db().prisma.user.findFirst({ where: { id: user.id } });
        expect(row?.locale).toBe('de');
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    const after = await db().prisma.user.findFirst({ where: { id: user.id } });
    expect(after).toMatchObject({ name: user.name, locale: null });
  });

  it('keeps concurrent transactions apart', async () => {
    const counts = await Promise.all(
      Array.from({ length: 20 }, () =>
        db().transaction(async () => {
          const before = await db().row(sql`SELECT txid_current()::text AS id`, z.object({ id: z.string() }));
          await db().prisma.user.count();
          const after = await db().row(sql`SELECT txid_current()::text AS id`, z.object({ id: z.string() }));
          return before?.id === after?.id ? before?.id : null;
        }),
      ),
    );
    expect(new Set(counts).size).toBe(20);
    expect(counts).not.toContain(null);
  });

  it('joins a transaction that is open, and runs effects only after its commit', async () => {
    const seen: string[] = [];
    await db().transaction(async () => {
      await db().transaction(async () => db().afterCommit(() => void seen.push('effect')));
      seen.push('work');
    });
    expect(seen).toEqual(['work', 'effect']);
    await db()
      .transaction(async () => {
        db().afterCommit(() => void seen.push('never'));
        throw new Error('undo');
      })
      .catch(() => {});
    expect(seen).toEqual(['work', 'effect']);
  });

  it('keeps nothing of a transaction that took too long, however its work continues', async () => {
    const world = new World(app.container);
    const [one, other] = [await world.user(), await world.user()];
    const touch = (id: string) => db().execute(sql`UPDATE users SET locale = 'zz' WHERE id = ${id}::uuid`);
    const byPrisma = async (id: string) => db().prisma.user.update({ where: { id }, data: { locale: 'zz' } });
    const failures: unknown[] = [];
    const effects: string[] = [];
    const tried = db().transaction(
      async () => {
        db().afterCommit(() => void effects.push('never'));
        await touch(one.id);
        // The statement is running when the time is up: it fails and is rolled back with the rest.
        await db()
          .execute(sql`SELECT pg_sleep(1.5)`)
          .catch((error: unknown) => failures.push(error));
        await touch(other.id).catch((error: unknown) => failures.push(error));
        await byPrisma(other.id).catch((error: unknown) => failures.push(error));
      },
      { timeoutMs: 500 },
    );
    const error = await tried.catch((caught: unknown) => caught);
    expect([...failures, error].map(isDatabaseUnavailable)).toEqual([true, true, true, true]);
    expect(effects).toEqual([]);
    expect(await db().row(sql`SELECT count(*) AS count FROM users WHERE locale = 'zz'`, Count)).toEqual({
      count: 0,
    });
  });

  it('is an error if PostgreSQL rolled back because a refused statement was swallowed', async () => {
    const world = new World(app.container);
    const [one, other] = [await world.user(), await world.user()];
    const effects: string[] = [];
    for (const refused of [
      () => db().execute(sql`UPDATE users SET email = ${other.email} WHERE id = ${one.id}::uuid`),
      () => db().prisma.user.update({ where: { id: one.id }, data: { email: other.email } }),
    ]) {
      const tried = db().transaction(async () => {
        db().afterCommit(() => void effects.push('never'));
        await db().execute(sql`UPDATE users SET locale = 'yy' WHERE id = ${one.id}::uuid`);
        await refused().catch(() => null);
      });
      await expect(tried).rejects.toThrow('The transaction was rolled back');
    }
    expect(effects).toEqual([]);
    expect(await db().prisma.user.count({ where: { locale: 'yy' } })).toBe(0);
  });

  it('keeps each row of concurrent transactions in its own, though Prisma reads those of one tick together', async () => {
    const world = new World(app.container);
    const users = await Promise.all(Array.from({ length: 6 }, () => world.user()));
    const work = users.map(({ id }, i) =>
      db().transaction(async () => {
        await db().prisma.user.update({ where: { id }, data: { locale: `l${i}` } });
        const seen = await Promise.all(
          users.map((user) =>
            db().prisma.user.findUnique({ where: { id: user.id }, select: { locale: true } }),
          ),
        );
        return seen.map((user) => user?.locale ?? null);
      }),
    );
    const own = (await Promise.all(work)).map((seen, i) => seen[i]);
    expect(own).toEqual(['l0', 'l1', 'l2', 'l3', 'l4', 'l5']);
  });

  it('changes a row only if it has a revision that the caller has seen, within a transaction as well', async () => {
    const user = await new World(app.container).user();
    const where = { id: user.id, deletedAt: null };
    const rename = (name: string, revisions: number[] | null) =>
      db().prisma.user.updateIfMatch({
        where,
        revisions,
        data: { name },
        select: { name: true, revision: true },
      });
    expect(await rename('First', [1])).toEqual({ name: 'First', revision: 2 });
    expect(await rename('Too late', [1])).toBeNull();
    const both = await db().transaction(async () => [await rename('Late', [1]), await rename('Any', null)]);
    expect(both).toEqual([null, { name: 'Any', revision: 3 }]);
    expect(
      await db().prisma.user.updateIfMatch({ where: { id: crypto.randomUUID() }, revisions: null, data: {} }),
    ).toBeNull();
  });

  it('locks a row until the transaction ends and reads the selected columns by their names in the model', async () => {
    const user = await new World(app.container).user();
    const select = { id: true, isPlatformAdmin: true, lastLoginAt: true, createdAt: true } as const;
    const order: string[] = [];
    await db().transaction(async () => {
      const locked = await db().prisma.user.lock({ where: { id: user.id, deletedAt: null }, select });
      expect(locked).toEqual({
        id: user.id,
        isPlatformAdmin: false,
        lastLoginAt: null,
        createdAt: expect.any(Date),
      });
      await outside(user.id).then(
        () => order.push('the other had it'),
        (error: unknown) => order.push(`the other: ${(error as { code: string }).code}`),
      );
      order.push('end');
    });
    expect(order).toEqual(['the other: 55P03', 'end']);
    await outside(user.id);
    const unknown = { id: crypto.randomUUID() };
    const strength = 'NO KEY UPDATE';
    expect(
      await db().transaction(() => db().prisma.user.lock({ where: unknown, select, strength })),
    ).toBeNull();
  });

  it('deletes the oldest rows, batch by batch, and leaves locked rows', async () => {
    const world = new World(app.container);
    const { prisma } = db();
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await world.user()).id);
    for (const [n, id] of ids.entries())
      await prisma.user.update({ where: { id }, data: { locale: 'zz', createdAt: day(n) } });
    const batch = () =>
      prisma.user.deleteBatch({ where: { locale: 'zz' }, olderThan: { createdAt: day(4) }, limit: 2 });
    const left = async () =>
      (await prisma.user.findMany({ where: { locale: 'zz' }, orderBy: { createdAt: 'asc' } })).map(({ id }) =>
        ids.indexOf(id),
      );
    const holder = new Client({ connectionString: app.databaseUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [ids[0]]);
    expect(await batch()).toBe(2);
    expect(await left()).toEqual([0, 3, 4]);
    await holder.end();
    expect(await batch()).toBe(2);
    expect(await batch()).toBe(0);
    expect(await left()).toEqual([4]);
  });

  it('names the violated constraint, for models and for raw statements', async () => {
    const user = await new World(app.container).user();
    const raw = await db()
      .execute(sql`INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), ${user.email}, 'x')`)
      .catch((error: unknown) => error);
    expect(violatedConstraint(raw)).toBe('users_email_key');
    const prisma = await db()
      .prisma.user.create({ data: { id: crypto.randomUUID(), email: user.email, name: 'x' } })
      .catch((error: unknown) => error);
    expect(violatedConstraint(prisma)).toBe('users_email_key');
  });

  it('keeps a connection whose statement the server refused', async () => {
    const pid = sql`SELECT pg_backend_pid() AS one`;
    const before = await db().row(pid, One);
    for (let i = 0; i < 5; i += 1)
      await expect(db().execute(sql`SELECT 1 / 0`)).rejects.toThrow('division by zero');
    await expect(
      db().prisma.user.create({ data: { id: 'not a uuid', email: 'x', name: 'x' } }),
    ).rejects.toThrow('invocation');
    expect(await db().row(pid, One)).toEqual(before);
  });

  it('runs a deadlocked transaction again', async () => {
    const world = new World(app.container);
    const [one, other] = [await world.user(), await world.user()];
    const touch = (id: string) => db().execute(sql`UPDATE users SET locale = 'xx' WHERE id = ${id}::uuid`);
    let waiting = 0;
    const gate = async (): Promise<void> => {
      waiting += 1;
      for (let i = 0; waiting < 2 && i < 200; i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await Promise.all([
      db().transaction(async () => {
        await touch(one.id);
        await gate();
        await touch(other.id);
      }),
      db().transaction(async () => {
        await touch(other.id);
        await gate();
        await touch(one.id);
      }),
    ]);
    expect(await db().row(sql`SELECT count(*) AS count FROM users WHERE locale = 'xx'`, Count)).toEqual({
      count: 2,
    });
  });
});
