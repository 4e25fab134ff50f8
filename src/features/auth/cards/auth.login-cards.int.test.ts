import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { buildPupilAccount, MovableClock, PASSWORD } from '../auth.builder';

const DAY_MS = 86_400_000;

describe('signing in with a printed card', () => {
  let app: TestApp;
  let district: Awaited<ReturnType<World['group']>>;
  let makerId: string;
  const clock = new MovableClock();
  beforeAll(async () => {
    app = await createTestApp({ clock });
    const world = new World(app.container);
    district = await world.group();
    makerId = (await world.member(district, 'admin')).id;
  });
  afterEach(() => {
    clock.aheadMs = 0;
  });
  afterAll(() => app.close());

  let made = 0;
  const pupil = () => buildPupilAccount(app.container, district.id, `pupil${(made += 1)}`);
  const cardOf = async (userId: string): Promise<string> => {
    const { secrets } = await app.container.auth.cards.issue([userId], makerId, 14);
    return secrets.get(userId) ?? '';
  };
  const enter = (secret: string, more: object = {}) =>
    app.anonymous.post('/auth/login-card').send({ secret, ...more });
  const login = ({ username, districtCode }: Awaited<ReturnType<typeof pupil>>, password = PASSWORD) =>
    app.anonymous.post('/auth/login').send({ username, districtCode, password });

  it('gives the same as signing in with a password, once', async () => {
    const { id } = await pupil();
    const secret = await cardOf(id);
    const { body, headers } = await enter(secret).expect(200);
    expect(body.data.user).toMatchObject({ id, email: null });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toHaveLength(4);
    await app.withToken(body.data.accessToken).get('/auth/me').expect(200);
    await enter(secret).expect(401);
    const events = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { aboutUserId: id, action: 'auth.logged_in_by_card' },
    });
    expect(events).toEqual([expect.objectContaining({ actorId: id, actorKind: 'user' })]);
  });

  it('lets in one of a hundred who use the card at the same moment', async () => {
    const secret = await cardOf((await pupil()).id);
    const answers = await Promise.all(Array.from({ length: 100 }, () => enter(secret)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(99);
  });

  it('answers alike for a card that is unknown, used, expired or replaced, and for the deactivated', async () => {
    const people = [await pupil(), await pupil(), await pupil(), await pupil()] as const;
    const [used, expired, replaced, gone] = await Promise.all(people.map(({ id }) => cardOf(id)));
    await enter(used ?? '').expect(200);
    await cardOf(people[2].id);
    await app.container.platform.db.prisma.user.updateMany({
      where: { id: people[3].id },
      data: { status: 'deactivated', deactivatedAt: new Date() },
    });
    const answers = [];
    for (const secret of ['unknown', used, replaced, gone]) answers.push(await enter(secret ?? ''));
    clock.aheadMs = 14 * DAY_MS + 1000;
    answers.push(await enter(expired ?? ''));
    const seen = answers.map(({ status, body }) => ({ status, error: { ...body.error, requestId: '' } }));
    expect(seen[0]).toMatchObject({ status: 401, error: { details: { reason: 'auth.invalid_login_card' } } });
    for (const each of seen) expect(each).toEqual(seen[0]);
  });

  it.each([
    ['their sign-ins are ended', (id: string, admin: Client) => admin.delete(`/users/${id}/sign-ins`)],
    ['an admin sets a password', (id: string, admin: Client) => admin.post(`/users/${id}/password`)],
    ['they are deactivated', (id: string, admin: Client) => admin.delete(`/users/${id}`)],
  ])('does not work any more after %s', async (_what, act) => {
    const { id } = await pupil();
    const secret = await cardOf(id);
    expect((await act(id, await app.as(makerId))).status).toBeLessThan(300);
    if (_what.includes('deactivated'))
      await (await app.as(makerId)).post(`/users/${id}/reactivate`).expect(200);
    await enter(secret).expect(401);
  });

  it('keeps nothing on a computer that others use', async () => {
    const { body } = await enter(await cardOf((await pupil()).id), { sharedDevice: true }).expect(200);
    expect(body.data.deviceToken).toBeNull();
  });

  it('lets a pupil who must change a password choose one without the one that they were given', async () => {
    const person = await pupil();
    const { prisma } = app.container.platform.db;
    await prisma.user.updateMany({ where: { id: person.id }, data: { mustChangePassword: true } });
    const { body } = await enter(await cardOf(person.id)).expect(200);
    const client = app.withToken(body.data.accessToken);
    const same = await client.post('/auth/password').send({ newPassword: PASSWORD }).expect(400);
    expect(same.body.error.details.reason).toBe('auth.same_password');
    await client.post('/auth/password').send({ newPassword: 'a quiet harbour in May' }).expect(204);
    await login(person, 'a quiet harbour in May').expect(200);
    await login(person).expect(401);
  });

  it('does not let anybody change a password of their own without it, nor set a first one later', async () => {
    const own = await pupil();
    const entered = await enter(await cardOf(own.id)).expect(200);
    const client = app.withToken(entered.body.data.accessToken);
    const refused = await client
      .post('/auth/password')
      .send({ newPassword: 'a quiet harbour in May' })
      .expect(400);
    expect(refused.body.error.details.reason).toBe('auth.current_password_required');
    const { prisma } = app.container.platform.db;
    const late = await pupil();
    await prisma.authIdentity.deleteMany({ where: { userId: late.id } });
    const lateEntry = await enter(await cardOf(late.id)).expect(200);
    clock.aheadMs = 11 * 60_000;
    const later = await app
      .withToken(lateEntry.body.data.accessToken)
      .post('/auth/password')
      .send({ newPassword: 'a quiet harbour in May' })
      .expect(403);
    expect(later.body.error.details.reason).toBe('auth.recent_password_required');
  });

  it.each([
    [{}],
    [{ secret: '' }],
    [{ secret: 'two words' }],
    [{ secret: 'x'.repeat(201) }],
    [{ secret: 7 }],
  ])('refuses %j', async (body) => {
    await app.anonymous.post('/auth/login-card').send(body).expect(400);
  });
});
