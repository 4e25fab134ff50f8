import { setTimeout as sleep } from 'node:timers/promises';
import { Client as Connection } from 'pg';
import { z } from 'zod';
import { sql } from '../platform/db/sql';
import type { Client, TestApp } from '../testing/app';
import { createThingsApp } from '../testing/things-app';
import { World } from '../testing/world';

describe('an Idempotency-Key', () => {
  let app: TestApp;
  let caller: Client;
  let keys = 0;
  beforeAll(async () => {
    app = await createThingsApp();
    caller = await app.as((await new World(app.container).user()).id);
  });
  afterAll(() => app.close());

  const newKey = () => `key-${(keys += 1)}`;
  const post = (key: string, name: string, by = caller) =>
    by.post('/things').set('Idempotency-Key', key).send({ name });
  const db = () => app.container.platform.db;
  async function count(name: string): Promise<number | undefined> {
    return (
      await db().row(sql`SELECT count(*) AS n FROM things WHERE name = ${name}`, z.object({ n: z.number() }))
    )?.n;
  }

  it('gives the same request its first answer again', async () => {
    const key = newKey();
    const first = await post(key, 'once').expect(201);
    const again = await post(key, 'once').expect(201);
    expect(again.text).toBe(first.text);
    expect([again.headers.location, again.headers.etag]).toEqual([
      first.headers.location,
      first.headers.etag,
    ]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(await count('once')).toBe(1);
  });

  it('is refused for another request', async () => {
    const key = newKey();
    await post(key, 'one').expect(201);
    const other = await post(key, 'other').expect(422);
    expect(other.body.error).toMatchObject({
      code: 'UNPROCESSABLE',
      details: { reason: 'idempotency.key_reused' },
    });
    expect(await count('other')).toBe(0);
  });

  it('belongs to the caller', async () => {
    const key = newKey();
    const somebody = await app.as((await new World(app.container).user()).id);
    await post(key, 'mine').expect(201);
    await post(key, 'theirs', somebody).expect(201);
    expect([await count('mine'), await count('theirs')]).toEqual([1, 1]);
  });

  it('is busy while the first request is at work', async () => {
    const key = newKey();
    const holder = new Connection({ connectionString: app.databaseUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE things IN SHARE MODE');
    // supertest sends the request in then(), not before.
    const first = post(key, 'slow').then((response) => response);
    const waiting = "SELECT FROM pg_locks WHERE relation = 'things'::regclass AND NOT granted";
    while ((await holder.query(waiting)).rowCount === 0) await sleep(20);
    const second = await post(key, 'slow').expect(409);
    expect(second.body.error).toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'idempotency.in_flight' },
    });
    await holder.end();
    expect((await first).status).toBe(201);
    await post(key, 'slow').expect(201);
    expect(await count('slow')).toBe(1);
  });

  it('has one effect for 200 simultaneous requests', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(key, 'crowd')));
    expect(await count('crowd')).toBe(1);
    const done = answers.filter(({ status }) => status === 201);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    // A crowd may also exhaust the pool, so a 503 is possible; no other answer is.
    expect(
      new Set(answers.map(({ status }) => status).filter((status) => ![201, 409, 503].includes(status))),
    ).toEqual(new Set());
    await post(key, 'crowd').expect(201);
    expect(await count('crowd')).toBe(1);
  });

  it('leaves nothing of a request that failed, which may then be tried again', async () => {
    const key = newKey();
    await post(key, 'fails').expect(503);
    expect(await count('fails')).toBe(0);
    await post(key, 'works after all').expect(201);
  });

  it('leaves nothing of a request whose connection died between effect and answer, and is free immediately', async () => {
    const key = newKey();
    await post(key, 'dies').expect(503);
    expect(await count('dies')).toBe(0);
    await post(key, 'lives').expect(201);
    expect(await count('lives')).toBe(1);
  });

  it('can be used again after a day', async () => {
    const key = newKey();
    await post(key, 'yesterday').expect(201);
    await db().execute(
      sql`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = ${key}`,
    );
    await post(key, 'today').expect(201);
    await post(key, 'today').expect(201);
    expect([await count('yesterday'), await count('today')]).toEqual([1, 1]);
  });

  it('must be printable and of a sensible length', async () => {
    for (const key of ['', ' ', 'with space', 'x'.repeat(256)]) {
      const { status } = await fetch(`${app.url}/api/v1/things`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${caller.token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': key,
        },
        body: '{"name":"x"}',
      });
      expect({ key: key.slice(0, 12), status }).toEqual({ key: key.slice(0, 12), status: 400 });
    }
    await post('"quoted-as-in-the-draft"', 'quoted').expect(201);
    expect((await post('quoted-as-in-the-draft', 'quoted').expect(201)).headers['idempotency-replayed']).toBe(
      'true',
    );
  });
});
