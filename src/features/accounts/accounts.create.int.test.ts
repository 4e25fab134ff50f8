import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';
const START_PASSWORD = /^[a-z]{4}(-[a-z]{4}){1,2}-[2-9]{2}$/;

describe('creating a user', () => {
  let app: TestApp;
  let world: World;
  let district: Awaited<ReturnType<World['group']>>;
  let school: Awaited<ReturnType<World['group']>>;
  let other: Awaited<ReturnType<World['group']>>;
  let admin: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    other = await world.group({ under: district });
    admin = await app.as((await world.member(school, 'admin')).id);
  });
  afterAll(() => app.close());

  const bodyFor = (values: object = {}) => ({
    ...{ name: 'Zoe Quill', groupId: school.id, role: 'student', access: 'start_password' },
    ...values,
  });
  const create = (values: object = {}, client = admin) => client.post('/users').send(bodyFor(values));
  const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
    body.error.details.reason;
  const prisma = () => app.container.platform.db.prisma;

  it('gives a pupil a username and a start password that must be changed', async () => {
    const { body, headers } = await create({ name: 'Ada van Lovelace' }).expect(201);
    const { id, districtCode, startPassword } = body.data;
    expect(body.data).toMatchObject({ tenantId: district.id, email: null, username: 'ada.lovelace' });
    expect(startPassword).toMatch(START_PASSWORD);
    expect(headers.location).toBe(`/api/v1/users/${id}`);
    expect(headers['cache-control']).toBe('no-store');
    const signedIn = await app.anonymous
      .post('/auth/login')
      .send({ districtCode, username: 'ada.lovelace', password: startPassword })
      .expect(200);
    expect(signedIn.body.data.user).toMatchObject({ id, mustChangePassword: true });
    const pupil = app.withToken(signedIn.body.data.accessToken);
    expect(reasonOf(await pupil.get('/classes').expect(403))).toBe('auth.password_change_required');
    await pupil
      .post('/auth/password')
      .send({ currentPassword: startPassword, newPassword: 'a longer swim in July' })
      .expect(204);
    await pupil.get('/classes').expect(200);
  });

  it('makes them a member of the group and of its classes, so that class roles have their ground', async () => {
    const schoolClass = await world.class(school);
    const { body } = await create({ classIds: [schoolClass.id, schoolClass.id] }).expect(201);
    const me = await (await app.as(body.data.id)).get('/auth/me');
    // A new password comes first, but the facts are already there.
    expect(me.body.data.groups).toEqual([expect.objectContaining({ id: school.id, role: 'student' })]);
    expect(me.body.data.classes).toEqual([expect.objectContaining({ id: schoolClass.id, role: 'student' })]);
    const ungrounded = await admin.get(`/groups/${school.id}/class-roles-without-membership`).expect(200);
    expect(ungrounded.body.data).toEqual([]);
    const teacher = await create({
      ...{ name: 'Tom Teacher', email: 'tom@example.org', role: 'teacher' },
      classIds: [schoolClass.id],
    }).expect(201);
    expect(teacher.body.data).toMatchObject({ email: 'tom@example.org', username: null });
    const roster = await admin.get(`/classes/${schoolClass.id}/roster?role=teacher`).expect(200);
    expect(roster.body.data).toEqual([expect.objectContaining({ userId: teacher.body.data.id })]);
  });

  it('numbers a username that is made of a name, also if many are made at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => create({ name: 'Same Name' })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.data.username))).toEqual(
      new Set(['same.name', 'same.name2', 'same.name3', 'same.name4']),
    );
  });

  it('can leave a person without access', async () => {
    const { body } = await create({ email: 'later@example.org', access: 'none' }).expect(201);
    expect(body.data.startPassword).toBeNull();
    expect(await prisma().authIdentity.count({ where: { userId: body.data.id } })).toBe(0);
  });

  it('keeps the start password nowhere: not in the trail, not as a copy of the answer', async () => {
    const { body } = await admin
      .post('/users')
      .set('Idempotency-Key', 'made-once')
      .send(bodyFor({ name: 'Secret Keeper' }));
    const { startPassword, id } = body.data ?? {};
    expect(startPassword).toMatch(START_PASSWORD);
    const events = await prisma().auditEvent.findMany({ where: { aboutUserId: id } });
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.created', 'group.member_added']),
    );
    expect(
      JSON.stringify(events, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain(startPassword);
    expect(await prisma().idempotencyKey.count()).toBe(0);
    const identity = await prisma().authIdentity.findFirstOrThrow({ where: { userId: id } });
    expect(identity.passwordHash).toMatch(/^\$argon2id\$/);
  });

  it('says that an e-mail is taken by any account, and that a username is taken in the district', async () => {
    const elsewhere = await world.group();
    const stranger = await world.user({ tenantId: elsewhere.id });
    const neighbour = await world.user({ tenantId: district.id });
    const answers = [];
    for (const { email } of [stranger, neighbour]) {
      const { body } = await create({ email }).expect(409);
      answers.push({ ...body.error, requestId: '' });
    }
    expect(answers[0].details.reason).toBe('user.email_taken');
    expect(answers[1]).toEqual(answers[0]);
    const { username } = await world.userWithoutEmail(district.id);
    expect(reasonOf(await create({ username: username.toUpperCase() }).expect(409))).toBe(
      'user.username_taken',
    );
    const namesake = await world.userWithoutEmail(elsewhere.id);
    await create({ username: namesake.username }).expect(201);
  });

  it('makes nothing if a class role cannot be given', async () => {
    const before = await prisma().user.count();
    const foreign = await world.class(other);
    expect(reasonOf(await create({ classIds: [foreign.id] }).expect(404))).toBe('class.not_found');
    expect(await prisma().user.count()).toBe(before);
  });

  it('is for admins of the group alone', async () => {
    for (const role of ['teacher', 'staff', 'student'] as const) {
      const client = await app.as((await world.member(school, role)).id);
      await create({}, client).expect(403);
    }
    expect(reasonOf(await create({ groupId: other.id }).expect(404))).toBe('group.not_found');
    expect(reasonOf(await create({ groupId: NO_ID }).expect(404))).toBe('group.not_found');
    await create({ groupId: district.id }).expect(403);
    await app.anonymous.post('/users').send(bodyFor()).expect(401);
  });

  it('gives an API token no password to see, because that would be more than its scopes', async () => {
    const principal = await app.container.access.findPrincipal((await world.member(school, 'admin')).id, {
      sessionId: null,
      kind: 'bearer',
      scopes: null,
    });
    if (principal === null) throw new Error('nobody');
    const { secret } = await app.container.auth.apiTokens.create(
      { ...principal, sessionId: NO_ID },
      { name: 'script', scopes: ['users:write'], expiresAt: new Date(Date.now() + 86_400_000) },
    );
    const script = app.withToken(secret);
    expect(reasonOf(await create({}, script).expect(403))).toBe('auth.person_required');
    await create({ access: 'none' }, script).expect(201);
  });

  it('asks for the password of the admin again, if the answer shows one', async () => {
    const { id } = await world.member(school, 'admin');
    const client = await app.as(id);
    await prisma().refreshToken.updateMany({ where: { userId: id }, data: { passwordProvenAt: null } });
    expect(reasonOf(await create({}, client).expect(403))).toBe('auth.recent_password_required');
    await create({ access: 'none' }, client).expect(201);
  });

  it.each([
    [{ name: '' }],
    [{ email: 'no address' }],
    [{ username: 'two words' }],
    [{ role: 'principal' }],
    [{ access: 'invitation by pigeon' }],
    [{ access: undefined }],
    [{ groupId: 'nowhere' }],
    [{ role: 'staff', classIds: [NO_ID] }],
    [{ more: 1 }],
  ])('refuses %j', async (values) => {
    const { body } = await create(values).expect(400);
    expect(body.error.code).toBe('VALIDATION_ERROR');
  });
});
