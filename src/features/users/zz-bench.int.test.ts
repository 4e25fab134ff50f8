import { sql } from '../../platform/db/sql';
import { createTestApp } from '../../testing/app';
import { Client } from 'pg';
import { World } from '../../testing/world';

it('bench', async () => {
  const app = await createTestApp({ env: { LOG_LEVEL: 'error' } });
  const world = new World(app.container);
  const c = new Client({ connectionString: app.databaseUrl });
  await c.connect();
  const db = { execute: (q: { text: string; values: unknown[] }) => c.query({ text: q.text, values: q.values }) };
  const district = await world.group();
  const school = await world.group({ under: district });
  await db.execute(sql`INSERT INTO users (id, tenant_id, email, name, created_at) SELECT gen_random_uuid(), ${district.id}::uuid, 'u' || i || '@' || md5(i::text) || '.example', initcap(md5((i*7)::text)) || ' ' || md5(i::text), now() - i * interval '1 min' FROM generate_series(1, 25000) i`);
  const d2 = await world.group();
  await db.execute(sql`INSERT INTO users (id, tenant_id, email, name) SELECT gen_random_uuid(), ${d2.id}::uuid, 'v' || i || '@' || md5(i::text) || '.example', initcap(md5((i*11)::text)) || ' ' || md5(i::text) FROM generate_series(1, 25000) i`);
  await db.execute(sql`INSERT INTO group_members (id, group_id, user_id, role) SELECT gen_random_uuid(), ${school.id}::uuid, id, 'student' FROM users WHERE tenant_id = ${district.id}::uuid LIMIT 3000`);
  const root = await app.as((await world.user({ isPlatformAdmin: true })).id);
  const da = await app.as((await world.member(district, 'admin')).id);
  const sa = await app.as((await world.member(school, 'admin')).id);
  await db.execute(sql`ANALYZE`);
  for (const [name, client] of Object.entries({ root, da, sa })) {
    for (const q of ['', '?cursor=', '?sort=-createdAt&cursor=', '?sort=updatedAt&cursor=', '?q=abc1', '?q=abc1&cursor=', '?q=ab&cursor=', '?q=Zebra&cursor=', '?role=student&cursor=', '?role=student', '?page=200&limit=10']) {
      const times: number[] = [];
      for (let i = 0; i < 12; i++) {
        const s = performance.now();
        await client.get('/users' + q).expect(200);
        times.push(performance.now() - s);
      }
      const s = times.map((t) => t.toFixed(0)).join(' ');
      console.log(name, q, s);
    }
  }
  const m: number[] = [];
  for (let i = 0; i < 20; i++) { const s = performance.now(); await sa.get('/auth/me'); m.push(performance.now() - s); }
  console.log('me', m.map((t) => t.toFixed(1)).join(' '));
  await c.end();
  await app.close();
}, 120000);
