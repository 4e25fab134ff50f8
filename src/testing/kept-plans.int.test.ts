import { z } from 'zod';
import { sql } from '../platform/db/sql';
import { createTestApp, type TestApp } from './app';
import { World } from './world';

/** How often PostgreSQL plans a named statement for its values before it considers a generic plan. */
const CUSTOM_PLANS = 5;
const Kept = z.object({ statement: z.string(), custom: z.number(), generic: z.number() });

describe('a statement that takes longer to plan than to run', () => {
  let app: TestApp;
  beforeAll(async () => {
    // One connection, so that all requests use the same prepared statements.
    app = await createTestApp({ env: { DATABASE_POOL_MAX: '1' } });
  });
  afterAll(() => app.close());

  it('keeps one plan for all lists of ids', async () => {
    const world = new World(app.container);
    const school = await world.group();
    const teacher = await world.member(school, 'teacher');
    const tool = await world.tool(school, teacher);
    const caller = await app.as(teacher.id);
    for (let i = 0; i < CUSTOM_PLANS + 1; i += 1)
      for (const address of [`/tools/${tool.id}`, `/groups/${school.id}`, `/users/${teacher.id}`, '/auth/me'])
        await caller.get(address).expect(200);
    const kept = await app.container.platform.db.rows(
      sql`SELECT statement, custom_plans AS custom, generic_plans AS generic
          FROM pg_prepared_statements
          WHERE statement LIKE '%::uuid[])::uuid[]%' AND custom_plans + generic_plans > ${CUSTOM_PLANS}`,
      Kept,
    );
    expect(kept).toHaveLength(4);
    expect(kept.filter(({ generic }) => generic === 0)).toEqual([]);
  });
});
