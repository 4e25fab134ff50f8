import { z } from 'zod';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { sql } from './sql';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const db = () => app.container.platform.db;
const NameRow = z.object({ name: z.string() });

async function job(name: string, state: 'pending' | 'started' | 'failed', days: number): Promise<void> {
  await db().execute(
    sql`INSERT INTO outbox (id, workflow, task_queue, workflow_id, input, summary, state, started_at, created_at)
        VALUES (${newId()}::uuid, 'test', 'default', ${name}, '{}', '', ${state},
                CASE WHEN ${state} = 'started' THEN now() - make_interval(days => ${days}::int) END, now() - make_interval(days => ${days}::int))`,
  );
}

describe('the retention of the platform', () => {
  it('removes records of jobs that were started more than 30 days ago', async () => {
    await job('old', 'started', 31);
    await job('older', 'started', 300);
    await job('young', 'started', 29);
    await job('pending', 'pending', 31);
    await job('failed', 'failed', 31);
    const { retention } = app.container;
    expect(await retention.deleteStartedJobs({ limit: 1 })).toBe(1);
    expect(await retention.deleteStartedJobs({ limit: 10 })).toBe(1);
    expect(await retention.deleteStartedJobs({ limit: 10 })).toBe(0);
    const left = await db().rows(
      sql`SELECT workflow_id AS name FROM outbox WHERE workflow = 'test' ORDER BY 1`,
      NameRow,
    );
    expect(left.map(({ name }) => name)).toEqual(['failed', 'pending', 'young']);
  });

  it('removes answers whose idempotency key has run out', async () => {
    const user = await new World(app.container).user();
    const key = (name: string, hours: number) =>
      db().execute(
        sql`INSERT INTO idempotency_keys (id, user_id, key, route, request_hash, response_status, response_headers, response_body, expires_at)
            VALUES (${newId()}::uuid, ${user.id}::uuid, ${name}, '', '', 201, '{}', '', now() + make_interval(hours => ${hours}::int))`,
      );
    await key('over', -1);
    await key('good', 1);
    const { retention } = app.container;
    expect(await retention.deleteExpiredKeys({ limit: 10 })).toBe(1);
    expect(await retention.deleteExpiredKeys({ limit: 10 })).toBe(0);
    const left = await db().rows(sql`SELECT key AS name FROM idempotency_keys`, NameRow);
    expect(left.map(({ name }) => name)).toEqual(['good']);
  });
});
