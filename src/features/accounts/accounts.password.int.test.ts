import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';

describe('resetting the password of another person', () => {
  let app: TestApp;
  let world: World;
  let school: Awaited<ReturnType<World['group']>>;
  let admin: Client;
  let schoolClass: Awaited<ReturnType<World['class']>>;
  let teacher: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    school = await world.group({ under: await world.group() });
    admin = await app.as((await world.member(school, 'admin')).id);
    schoolClass = await world.class(school);
    teacher = await app.as((await world.classMember(schoolClass, 'teacher')).id);
  });
  afterAll(() => app.close());

  const prisma = () => app.container.platform.db.prisma;
  const reset = (client: Client, id: string) => client.post(`/users/${id}/password`);
  const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
    body.error.details.reason;
  const pupilInClass = () => world.pupilWithoutEmail(school, schoolClass);

  it('ends all that they had, and lets them in with what they are given', async () => {
    const { body: made } = await admin
      .post('/users')
      .send({ name: 'Old Password', groupId: school.id, role: 'student', access: 'start_password' })
      .expect(201);
    const { id, username, districtCode, startPassword } = made.data;
    const login = (password: string) =>
      app.anonymous.post('/auth/login').send({ districtCode, username, password });
    const before = await login(startPassword).expect(200);
    const { body, headers } = await reset(admin, id).expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.data).toMatchObject({ userId: id, email: null, username, districtCode });
    await app.withToken(before.body.data.accessToken).get('/auth/me').expect(401);
    await app.anonymous
      .post('/auth/refresh')
      .send({ refreshToken: before.body.data.refreshToken })
      .expect(401);
    await login(startPassword).expect(401);
    const after = await login(body.data.startPassword).expect(200);
    expect(after.body.data.user.mustChangePassword).toBe(true);
    const events = await prisma().auditEvent.findMany({
      where: { subjectId: id, action: 'user.password_reset' },
    });
    expect(events).toEqual([expect.objectContaining({ details: { signIns: 1, apiTokens: 0 } })]);
  });

  it('gives a first password to a person who had none', async () => {
    const person = await world.user({ tenantId: school.tenantId });
    await world.member(school, 'teacher', person);
    const { body } = await reset(admin, person.id).expect(200);
    await app.anonymous
      .post('/auth/login')
      .send({ email: person.email, password: body.data.startPassword })
      .expect(200);
  });

  it('is for teachers and assistants of a pupil without e-mail in a class of theirs', async () => {
    const assistant = await app.as((await world.classMember(schoolClass, 'assistant')).id);
    const pupil = await pupilInClass();
    for (const client of [teacher, assistant]) await reset(client, pupil.id).expect(200);
    const colleague = await app.as((await world.member(school, 'teacher')).id);
    await reset(colleague, pupil.id).expect(404);
    const mate = await app.as((await pupilInClass()).id);
    await reset(mate, pupil.id).expect(404);
  });

  it('is for no teacher of a person who has an e-mail, or is more than a pupil anywhere', async () => {
    const withEmail = await world.classMember(schoolClass, 'student');
    await reset(teacher, withEmail.id).expect(403);
    const elsewhere = await world.group({ under: school });
    const [staff, tutor, parent] = [await pupilInClass(), await pupilInClass(), await pupilInClass()];
    await world.member(elsewhere, 'staff', staff);
    await world.classMember(await world.class(elsewhere), 'assistant', tutor);
    await world.observes(parent, await pupilInClass());
    for (const { id } of [staff, tutor, parent]) {
      await reset(teacher, id).expect(403);
      await reset(admin, id).expect(200);
    }
  });

  it('is not for people who have more rights than the caller', async () => {
    const districtAdmin = await world.user({ tenantId: school.tenantId });
    await world.member({ id: school.tenantId, tenantId: school.tenantId }, 'admin', districtAdmin);
    await world.member(school, 'student', districtAdmin);
    await reset(admin, districtAdmin.id).expect(403);
    const operator = await world.user({ isPlatformAdmin: true, tenantId: school.tenantId });
    await world.member(school, 'student', operator);
    await reset(admin, operator.id).expect(403);
  });

  it('is not for yourself, for deactivated users, or for users who sign in elsewhere', async () => {
    const own = await world.member(school, 'admin');
    expect(reasonOf(await reset(await app.as(own.id), own.id).expect(409))).toBe('user.own_account');
    const gone = await world.member(school, 'student');
    await admin.delete(`/users/${gone.id}`).expect(204);
    expect(reasonOf(await reset(admin, gone.id).expect(409))).toBe('user.deactivated');
    const elsewhere = await world.member(school, 'teacher');
    await prisma().authIdentity.create({
      data: { id: NO_ID, userId: elsewhere.id, provider: 'google', issuer: 'https://google', subject: '1' },
    });
    expect(reasonOf(await reset(admin, elsewhere.id).expect(409))).toBe('user.signs_in_elsewhere');
  });

  it('asks for the password of the caller again', async () => {
    const { id } = await world.member(school, 'admin');
    const client = await app.as(id);
    await prisma().refreshToken.updateMany({ where: { userId: id }, data: { passwordProvenAt: null } });
    const pupil = await pupilInClass();
    expect(reasonOf(await reset(client, pupil.id).expect(403))).toBe('auth.recent_password_required');
  });

  it('answers 404 for an unknown user, 400 for an invalid request, and 401 without a sign-in', async () => {
    await reset(admin, NO_ID).expect(404);
    await reset(admin, 'nobody').expect(400);
    await reset(app.anonymous, NO_ID).expect(401);
  });
});
