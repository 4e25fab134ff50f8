import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp, tokenFor } from '../../testing/app';
import { World } from '../../testing/world';

let app: TestApp;
let user: { id: string };

beforeAll(async () => {
  app = await createTestApp();
  user = await new World(app.container).user();
});
afterAll(() => app.close());
beforeEach(() => app.container.platform.db.execute(sql`DELETE FROM refresh_tokens`));

const db = () => app.container.platform.db;
const CountRow = z.object({ n: z.number() });

/** A sign-in of several consecutive tokens; ages in days, negative for the future. */
async function signIn(tokens: number, expired: number, revoked: number | null): Promise<void> {
  const family = newId();
  let parent: string | null = null;
  for (let i = 0; i < tokens; i += 1) {
    const id = newId();
    await db().execute(
      sql`INSERT INTO refresh_tokens (id, user_id, family_id, parent_id, token_hash, expires_at, family_expires_at, revoked_at, revoke_reason)
          VALUES (${id}::uuid, ${user.id}::uuid, ${family}::uuid, ${parent}::uuid, sha256(${id}::text::bytea),
                  now() - make_interval(days => ${expired}::int), now() - make_interval(days => ${expired}::int),
                  now() - make_interval(days => ${revoked}::int), ${revoked === null ? null : 'logout'})`,
    );
    parent = id;
  }
}

async function apiToken(expired: number, revoked: number | null): Promise<void> {
  const id = newId();
  await db().execute(
    sql`INSERT INTO api_tokens (id, user_id, name, token_hash, prefix, scopes, expires_at, revoked_at)
        VALUES (${id}::uuid, ${user.id}::uuid, 'script', sha256(${id}::text::bytea), 'rapt_x', ARRAY['groups:read'],
                now() - make_interval(days => ${expired}::int), now() - make_interval(days => ${revoked}::int))`,
  );
}

const left = async (table: 'refresh_tokens' | 'api_tokens') =>
  (
    await db().row(
      table === 'api_tokens'
        ? sql`SELECT count(*) AS n FROM api_tokens`
        : sql`SELECT count(*) AS n FROM refresh_tokens`,
      CountRow,
    )
  )?.n;

describe('the retention of credentials', () => {
  it('removes sign-ins that ended more than 30 days ago, and nothing of a living one', async () => {
    await signIn(3, 31, null);
    await signIn(2, -10, 31);
    await signIn(4, -10, null);
    await signIn(1, 29, null);
    await signIn(1, -10, 29);
    const { retention } = app.container.auth;
    while ((await retention.deleteEndedSignIns({ limit: 2 })) > 0);
    expect(await left('refresh_tokens')).toBe(6);
    expect(await retention.deleteEndedSignIns({ limit: 2 })).toBe(0);
  });

  it('leaves people signed in', async () => {
    const client = app.withToken(await tokenFor(app.container, user.id));
    await app.container.auth.retention.deleteEndedSignIns({ limit: 100 });
    await client.get('/auth/me').expect(200);
  });

  it('removes API tokens that ended more than 30 days ago', async () => {
    await apiToken(31, null);
    await apiToken(-10, 31);
    await apiToken(29, null);
    await apiToken(-10, null);
    const { retention } = app.container.auth;
    expect(await retention.deleteEndedApiTokens({ limit: 100 })).toBe(2);
    expect(await retention.deleteEndedApiTokens({ limit: 100 })).toBe(0);
    expect(await left('api_tokens')).toBe(2);
  });
});
