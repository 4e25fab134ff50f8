import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, cookiesOf, type LoggedIn, logIn, MovableClock, withToken } from '../auth.builder';

const CountRow = z.object({ count: z.number() });
const TokenRow = z.object({ hash: z.string(), text: z.string() });
const DAY_MS = 24 * 3_600_000;

describe('refreshing', () => {
  let app: TestApp;
  const clock = new MovableClock();
  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterEach(() => {
    clock.aheadMs = 0;
  });
  afterAll(() => app.close());

  const refresh = (refreshToken: string) => app.anonymous.post('/auth/refresh').send({ refreshToken });
  const me = (accessToken: string) => withToken(app.anonymous, 'get', '/auth/me', accessToken);
  const begin = async (): Promise<LoggedIn> => logIn(app, (await buildAccount(app.container)).email);
  const next = async (refreshToken: string): Promise<LoggedIn> =>
    (await refresh(refreshToken).expect(200)).body.data;
  const expectEnded = async (signIn: LoggedIn, ...refreshTokens: string[]) => {
    await me(signIn.accessToken).expect(401);
    for (const refreshToken of refreshTokens) await refresh(refreshToken).expect(401);
  };

  it('gives the next pair of tokens in the same sign-in', async () => {
    const first = await begin();
    const { body, headers } = await refresh(first.refreshToken).expect(200);
    expect(body.data).toMatchObject({
      expiresIn: 900,
      csrfToken: first.csrfToken,
      user: { id: first.userId },
    });
    expect(body.data.refreshToken).not.toBe(first.refreshToken);
    expect(headers['set-cookie']).toHaveLength(3);
    expect(headers['cache-control']).toBe('no-store');
    await me(body.data.accessToken).expect(200);
    await refresh(body.data.refreshToken).expect(200);
  });

  it('takes the token from the cookie', async () => {
    const first = await begin();
    const second = await app.anonymous.post('/auth/refresh').set('Cookie', first.cookies).expect(200);
    await app.anonymous
      .post('/auth/refresh')
      .set('Cookie', cookiesOf(second.headers['set-cookie']))
      .expect(200);
  });

  it('works while the access token that comes along has ended', async () => {
    const { refreshToken } = await begin();
    await refresh(refreshToken)
      .set('Authorization', 'Bearer not-any-more')
      .set('Cookie', '__Host-rapt_access=neither')
      .expect(200);
  });

  it('gives a hundred requests at the same moment one and the same successor', async () => {
    const first = await begin();
    const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(first.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(new Set(answers.map(({ body }) => body.data.refreshToken)).size).toBe(1);
    const rows = await app.container.platform.db.row(
      sql`SELECT count(*) AS count FROM refresh_tokens WHERE user_id = ${first.userId}::uuid`,
      CountRow,
    );
    expect(rows).toEqual({ count: 2 });
    await refresh(answers[0]?.body.data.refreshToken).expect(200);
  });

  it('repeats a lost answer for ten seconds', async () => {
    const first = await begin();
    const second = await next(first.refreshToken);
    clock.aheadMs = 9_000;
    expect((await next(first.refreshToken)).refreshToken).toBe(second.refreshToken);
  });

  it('ends the whole sign-in when a token is used again later', async () => {
    const first = await begin();
    const other = await logIn(app, (await me(first.accessToken)).body.data.email);
    const second = await next(first.refreshToken);
    clock.aheadMs = 11_000;
    await refresh(first.refreshToken).expect(401);
    await expectEnded(second, first.refreshToken, second.refreshToken);
    await me(other.accessToken).expect(200);
    const audited = await app.container.platform.db.row(
      sql`SELECT count(*) AS count FROM audit_events WHERE action = 'auth.token_reused' AND about_user_id = ${first.userId}::uuid`,
      CountRow,
    );
    expect(audited).toEqual({ count: 1 });
  });

  it('ends the whole sign-in when a token is used again after its successor was', async () => {
    const first = await begin();
    const second = await next(first.refreshToken);
    const third = await next(second.refreshToken);
    await refresh(first.refreshToken).expect(401);
    await expectEnded(first, second.refreshToken, third.refreshToken);
  });

  it('ends after 30 idle days', async () => {
    const first = await begin();
    clock.aheadMs = 30 * DAY_MS - 60_000;
    const second = await next(first.refreshToken);
    clock.aheadMs += 30 * DAY_MS + 60_000;
    await refresh(second.refreshToken).expect(401);
  });

  it('ends after 90 days, however much it is used', async () => {
    let { refreshToken } = await begin();
    for (let day = 20; day < 90; day += 20) {
      clock.aheadMs = day * DAY_MS;
      ({ refreshToken } = await next(refreshToken));
    }
    clock.aheadMs = 90 * DAY_MS;
    await refresh(refreshToken).expect(401);
  });

  it('keeps no token in the database, only its hash', async () => {
    const { refreshToken, userId } = await begin();
    const row = await app.container.platform.db.row(
      sql`SELECT encode(token_hash, 'hex') AS hash, row_to_json(t)::text AS text FROM refresh_tokens t WHERE user_id = ${userId}::uuid`,
      TokenRow,
    );
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.text).not.toContain(refreshToken);
  });

  it.each([{}, { refreshToken: 'unknown' }, { refreshToken: 'A'.repeat(43) }])(
    'knows nothing of %j',
    async (body) => {
      const answer = await app.anonymous.post('/auth/refresh').send(body).expect(401);
      expect(answer.body.error.details.reason).toBe('auth.invalid_refresh_token');
    },
  );

  it.each([{ refreshToken: '' }, { refreshToken: 7 }, { refreshToken: 'x', more: 1 }])(
    'refuses %j',
    async (body) => {
      await app.anonymous.post('/auth/refresh').send(body).expect(400);
    },
  );
});
