import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, cookiesOf, logIn, MovableClock, PASSWORD, withToken } from '../auth.builder';

const HOUR_MS = 3_600_000;
const AuditRow = z.object({ action: z.string(), aboutUserId: z.string() });

describe('a computer that others use, too', () => {
  let app: TestApp;
  const clock = new MovableClock();
  beforeAll(async () => {
    app = await createTestApp({ clock });
  });
  afterEach(() => {
    clock.aheadMs = 0;
  });
  afterAll(() => app.close());

  const login = (email: string, more: object = {}, cookies = '') =>
    app.anonymous
      .post('/auth/login')
      .set('Cookie', cookies)
      .send({ email, password: PASSWORD, ...more });
  const me = (accessToken: string) => withToken(app.anonymous, 'get', '/auth/me', accessToken);
  const refresh = (refreshToken: string) => app.anonymous.post('/auth/refresh').send({ refreshToken });

  it('gets cookies that end with the browser, and is not known afterwards', async () => {
    const { email } = await buildAccount(app.container);
    const { body, headers } = await login(email, { sharedDevice: true }).expect(200);
    expect(body.data.deviceToken).toBeNull();
    const cookies = headers['set-cookie'] as unknown as string[];
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) expect(cookie).not.toMatch(/Max-Age|Expires|rapt_device/);
    const next = await refresh(body.data.refreshToken).expect(200);
    for (const cookie of next.headers['set-cookie'] as unknown as string[])
      expect(cookie).not.toMatch(/Max-Age|Expires/);
  });

  it('loses its sign-in after an hour without use, and at the end of the school day', async () => {
    const { email } = await buildAccount(app.container);
    const idle = (await login(email, { sharedDevice: true }).expect(200)).body.data;
    let busy = (await login(email, { sharedDevice: true }).expect(200)).body.data;
    const own = (await login(email).expect(200)).body.data;
    for (clock.aheadMs = HOUR_MS / 2; clock.aheadMs < 12 * HOUR_MS; clock.aheadMs += HOUR_MS / 2)
      busy = (await refresh(busy.refreshToken).expect(200)).body.data;
    await refresh(idle.refreshToken).expect(401);
    clock.aheadMs = 12 * HOUR_MS + 1_000;
    await refresh(busy.refreshToken).expect(401);
    await refresh(own.refreshToken).expect(200);
  });

  it('is asked to clear its data when its user signs out, and stays known if it is their own', async () => {
    const { email } = await buildAccount(app.container);
    const { accessToken } = await logIn(app, email);
    const signOut = () => withToken(app.anonymous, 'post', '/auth/logout', accessToken);
    const { headers } = await signOut().set('Cookie', 'theme=dark').expect(204);
    // A browser that sends no cookies would refuse to clear anything, and log a warning.
    expect((await signOut().expect(204)).headers['clear-site-data']).toBeUndefined();
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
    const cookies = headers['set-cookie'] as unknown as string[];
    expect(cookies).toHaveLength(3);
    expect(cookies.join()).not.toContain('rapt_device');
  });

  it('ends the sign-in that its browser was in when the next person signs in', async () => {
    const [first, second] = [await buildAccount(app.container), await buildAccount(app.container)];
    const before = await login(first.email).expect(200);
    const elsewhere = await logIn(app, first.email);
    const cookies = cookiesOf(before.headers['set-cookie']);
    await login(second.email, { password: 'a wrong guess' }, cookies).expect(401);
    await me(before.body.data.accessToken).expect(200);
    const after = await login(second.email, {}, cookies).expect(200);
    await me(before.body.data.accessToken).expect(401);
    await refresh(before.body.data.refreshToken).expect(401);
    await me(elsewhere.accessToken).expect(200);
    await me(after.body.data.accessToken).expect(200);
    const rows = await app.container.platform.db.rows(
      sql`SELECT action, about_user_id AS "aboutUserId" FROM audit_events WHERE action = 'auth.session_replaced'`,
      AuditRow,
    );
    expect(rows).toEqual([{ action: 'auth.session_replaced', aboutUserId: first.id }]);
  });

  it('ends the old sign-in of the same person as well, and of one who registers', async () => {
    const { email } = await buildAccount(app.container);
    const before = await login(email).expect(200);
    const next = await login(email, {}, cookiesOf(before.headers['set-cookie'])).expect(200);
    await me(before.body.data.accessToken).expect(401);
    const registered = await app.anonymous
      .post('/auth/register')
      .set('Cookie', cookiesOf(next.headers['set-cookie']))
      .send({ email: 'newcomer@example.org', name: 'New', password: PASSWORD, sharedDevice: true })
      .expect(201);
    await me(next.body.data.accessToken).expect(401);
    await me(registered.body.data.accessToken).expect(200);
  });
});
