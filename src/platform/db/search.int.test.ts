import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { type Client as Caller, createTestApp, type TestApp } from '../../testing/app';
import { startTestPostgres } from '../../testing/database';
import { World } from '../../testing/world';
import { migrate } from './migrate';
import { contains } from './search';
import { sql } from './sql';

const MIGRATIONS = path.resolve(__dirname, '../../../prisma/migrations');
const FIRST_WITH_CLEAN_TEXTS = '0019';

describe('searching', () => {
  let app: TestApp;
  let admin: Caller;
  let world: World;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    admin = await app.as((await world.user({ isPlatformAdmin: true })).id);
  });
  afterAll(() => app.close());

  const isFound = async (text: string, searched: string): Promise<boolean> => {
    const row = await app.container.platform.db.row(
      sql`SELECT ${contains(sql`${text}::text`, searched)} AS found`,
      z.object({ found: z.boolean() }),
    );
    return row?.found === true;
  };

  it.each([
    ['Jos\u00e9 Garc\u00eda', 'Jose\u0301'],
    ['Jose\u0301 Garci\u0301a', 'Jos\u00e9'],
    ['José García', 'jose garc'],
    ['Jose Garcia', 'JOSÉ'],
    ['Łukasz Żółty', 'lukasz zolty'],
    ['Søren Ærø', 'soren aero'],
    ['Weißmann', 'WEISSM'],
    ['IŞIK', 'ışık'],
    ['Nguyễn Thị Ánh', 'nguyen thi anh'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['ﬁrst', 'first'],
    ['A\u200bda', 'ada'],
    ['Ёлкин', 'елкин'],
    ['100 % of a_b\\c', '% OF A_B\\'],
  ])('finds %j by %j', async (text, searched) => {
    expect(await isFound(text, searched)).toBe(true);
  });

  it.each([
    ['Anna', '%'],
    ['Anna', 'A_na'],
    ['Anna', '\\'],
    ['सिमरन', 'सामर'],
  ])('does not find %j by %j', async (text, searched) => {
    expect(await isFound(text, searched)).toBe(false);
  });

  it('finds people, groups, classes and tools that way, whichever form the address is written in', async () => {
    const district = await world.group({ name: 'Z\u00fcrich' });
    const teacher = await world.user({ name: 'Zo\u00eb M\u00fcller', tenantId: district.id });
    await world.member(district, 'teacher', teacher);
    await world.class(district, { name: 'Fran\u00e7ais' });
    const found = async (list: string, q: string) =>
      (await admin.get(`${list}?q=${encodeURIComponent(q)}`).expect(200)).body.data.map(
        ({ name }: { name: string }) => name,
      );
    for (const q of ['zoe mul', 'Zoe\u0308', 'ZOË']) expect(await found('/users', q)).toEqual(['Zoë Müller']);
    for (const q of ['zurich', 'Zu\u0308rich']) expect(await found('/groups', q)).toEqual(['Zürich']);
    for (const q of ['francais', 'FRANC\u0327AIS']) expect(await found('/classes', q)).toEqual(['Français']);
    expect(await found(`/groups/${district.id}/members`, 'zoe')).toEqual(['Zoë Müller']);
  });

  it.each([
    [
      'users',
      `search_fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(username, ''))`,
      'deleted_at IS NULL',
    ],
    ['tools', `search_fold(name || ' ' || coalesce(description, ''))`, 'deleted_at IS NULL'],
    ['groups', 'search_fold(name)', 'TRUE'],
    ['classes', 'search_fold(name)', 'TRUE'],
  ])('of %s uses an index, even if the planner does not know the text', async (table, expression, rest) => {
    const client = new Client({ connectionString: app.databaseUrl });
    await client.connect();
    try {
      await client.query(`
        INSERT INTO users (id, email, name)
          SELECT gen_random_uuid(), md5(i || $$${table}$$) || '@example.org', 'Person ' || i FROM generate_series(1, 3000) i`);
      await client.query(`
        WITH made AS (
          INSERT INTO tools (id, tenant_id, group_id, author_id, type, name)
          SELECT gen_random_uuid(), g.tenant_id, g.id, u.id, 'chat', 'Tool ' || i
          FROM generate_series(1, 3000) i, (SELECT * FROM groups LIMIT 1) g, (SELECT * FROM users LIMIT 1) u
          RETURNING id, author_id)
        INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
          SELECT gen_random_uuid(), id, 1, '{"name":"Tool","version":"1","type":"chat","behavior":"Ask."}',
            encode(sha256(id::text::bytea), 'hex'), author_id FROM made`);
      await client.query('VACUUM ANALYZE users, tools');
      await client.query('SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan');
      await client.query(
        `PREPARE search (text) AS SELECT id FROM ${table} WHERE ${rest} AND ${expression} LIKE search_pattern($1)`,
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE search ('muller')`);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(`${table}_search_idx`);
    } finally {
      await client.end();
    }
  });
});

describe('names that were written before', () => {
  it('are put into the one form, unless nothing would be left of them', async () => {
    const postgres = await startTestPostgres();
    const folder = mkdtempSync(path.join(tmpdir(), 'migrations-before-'));
    const client = new Client({ connectionString: postgres.databaseUrl });
    try {
      mkdirSync(folder, { recursive: true });
      for (const name of readdirSync(MIGRATIONS).filter((each) => each < FIRST_WITH_CLEAN_TEXTS))
        cpSync(path.join(MIGRATIONS, name), path.join(folder, name), { recursive: true });
      await migrate({ databaseUrl: postgres.databaseUrl, folder });
      await client.connect();
      const names = ['Jose\u0301', ' Ada \t\n Love\u200blace ', 'Eve\u202e\u0007', '\u200b', 'Zoë'];
      for (const [i, name] of names.entries())
        await client.query('INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), $1, $2)', [
          `u${i}@example.org`,
          name,
        ]);
      await migrate({ databaseUrl: postgres.databaseUrl });
      const { rows } = await client.query<{ name: string; revision: number }>(
        'SELECT name, revision FROM users ORDER BY email',
      );
      expect(rows.map(({ name }) => name)).toEqual(['José', 'Ada Lovelace', 'Eve', '\u200b', 'Zoë']);
      // A client that keeps a copy is informed.
      expect(rows.map(({ revision }) => revision)).toEqual([2, 2, 2, 1, 1]);
    } finally {
      await client.end();
      await postgres.remove();
      rmSync(folder, { recursive: true });
    }
  });
});
