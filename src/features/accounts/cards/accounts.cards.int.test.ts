import * as qrcode from 'qrcode';
import { readPdf } from '../../../platform/pdf/pdf-text.builder';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

jest.mock('qrcode', () => {
  const actual = jest.requireActual<typeof qrcode>('qrcode');
  return { ...actual, create: jest.fn(actual.create) };
});

const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';
const LINK = /^https:\/\/app\.example\.org\/login-card#([\w-]{43})$/;

describe('sign-in cards of a class', () => {
  let app: TestApp;
  let world: World;
  let school: Awaited<ReturnType<World['group']>>;
  let schoolClass: Awaited<ReturnType<World['class']>>;
  let admin: Client;
  let teacher: Client;
  beforeAll(async () => {
    app = await createTestApp({ env: { WEB_APP_URL: 'https://app.example.org/' } });
    world = new World(app.container);
    school = await world.group({ under: await world.group(), name: 'Cedar Grove' });
    admin = await app.as((await world.member(school, 'admin')).id);
  });
  beforeEach(async () => {
    schoolClass = await world.class(school, { name: 'Class 3b' });
    teacher = await app.as((await world.classMember(schoolClass, 'teacher')).id);
    jest.mocked(qrcode.create).mockClear();
  });
  afterAll(() => app.close());

  const prisma = () => app.container.platform.db.prisma;
  const print = (client: Client, body: object = {}, id = schoolClass.id) =>
    client.post(`/classes/${id}/login-cards`).send(body);
  const links = () => jest.mocked(qrcode.create).mock.calls.map(([text]) => text as string);
  const signIn = (link: string | undefined) =>
    app.anonymous.post('/auth/login-card').send({ secret: LINK.exec(link ?? '')?.[1] });
  const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
    body.error.details.reason;
  const withEmail = async () => {
    const person = await world.user({ tenantId: school.tenantId });
    await world.member(school, 'student', person);
    await world.classMember(schoolClass, 'student', person);
    return person;
  };

  it('are a PDF with name, district code and username of each pupil, and a code that signs them in', async () => {
    const pupil = await world.pupilWithoutEmail(school, schoolClass);
    const other = await world.pupilWithoutEmail(school, schoolClass);
    const answer = await print(teacher).buffer(true).expect(200).expect('Content-Type', 'application/pdf');
    expect(answer.headers['cache-control']).toBe('no-store');
    const { pages } = await readPdf(answer.body);
    const { districtCode } = await prisma().group.findUniqueOrThrow({ where: { id: school.tenantId } });
    for (const text of [pupil.name, pupil.username, other.name, districtCode, 'Cedar Grove', 'Class 3b'])
      expect(pages.join('\n')).toContain(text);
    expect(links()).toHaveLength(2);
    const ids = [];
    for (const link of links()) ids.push((await signIn(link).expect(200)).body.data.user.id);
    expect(new Set(ids)).toEqual(new Set([pupil.id, other.id]));
    const events = await prisma().auditEvent.findMany({ where: { action: 'user.login_card_made' } });
    expect(events.map(({ aboutUserId }) => aboutUserId)).toEqual(
      expect.arrayContaining([pupil.id, other.id]),
    );
  });

  it('are kept as hashes alone, and each new card ends the one before', async () => {
    const pupil = await world.pupilWithoutEmail(school, schoolClass);
    await print(teacher).expect(200);
    await print(teacher, { userIds: [pupil.id], days: 3 }).expect(200);
    const [old, current] = links();
    const stored = await prisma().loginCard.findMany({ where: { userId: pupil.id } });
    expect(stored).toHaveLength(1);
    const days = ((stored[0]?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(3);
    expect(Buffer.from(stored[0]?.secretHash ?? []).toString('base64url')).not.toBe(
      LINK.exec(current ?? '')?.[1],
    );
    expect(reasonOf(await signIn(old).expect(401))).toBe('auth.invalid_login_card');
    await signIn(current).expect(200);
  });

  it('lead a pupil to a password of their own', async () => {
    const pupil = await world.pupilWithoutEmail(school, schoolClass);
    await print(teacher).expect(200);
    const { body } = await signIn(links()[0]).expect(200);
    const client = app.withToken(body.data.accessToken);
    await client.post('/auth/password').send({ newPassword: 'a quiet harbour in May' }).expect(204);
    const { districtCode } = await prisma().group.findUniqueOrThrow({ where: { id: school.tenantId } });
    await app.anonymous
      .post('/auth/login')
      .send({ districtCode, username: pupil.username, password: 'a quiet harbour in May' })
      .expect(200);
  });

  it('of a teacher are for pupils without e-mail; of an admin for all students whom they manage', async () => {
    const pupil = await world.pupilWithoutEmail(school, schoolClass);
    const person = await withEmail();
    await print(teacher).expect(200);
    expect(links()).toHaveLength(1);
    await print(teacher, { userIds: [person.id] }).expect(403);
    jest.mocked(qrcode.create).mockClear();
    const answer = await print(admin).buffer(true).expect(200);
    expect(links()).toHaveLength(2);
    // A long address stands on two lines.
    expect((await readPdf(answer.body)).pages.join('').replace(/\s/g, '')).toContain(person.email);
    await prisma().user.updateMany({
      where: { id: pupil.id },
      data: { status: 'deactivated', deactivatedAt: new Date() },
    });
    expect(reasonOf(await print(teacher).expect(409))).toBe('class.no_login_cards');
  });

  it('are for nobody who signs in elsewhere, and for no class that is too large', async () => {
    const person = await withEmail();
    await prisma().authIdentity.create({
      data: { id: NO_ID, userId: person.id, provider: 'google', issuer: 'https://google', subject: '1' },
    });
    expect(reasonOf(await print(admin).expect(409))).toBe('class.no_login_cards');
    for (let n = 0; n < 61; n += 1) await world.pupilWithoutEmail(school, schoolClass);
    expect(reasonOf(await print(admin).expect(409))).toBe('class.too_many_login_cards');
  });

  it('are for teachers, assistants and admins of the class alone', async () => {
    const pupil = await world.pupilWithoutEmail(school, schoolClass);
    const assistant = await app.as((await world.classMember(schoolClass, 'assistant')).id);
    await print(assistant).expect(200);
    await print(await app.as(pupil.id)).expect(403);
    await print(await app.as((await world.member(school, 'teacher')).id)).expect(403);
    const stranger = await app.as((await world.member(await world.group(), 'admin')).id);
    expect(reasonOf(await print(stranger).expect(404))).toBe('class.not_found');
    await print(admin, {}, NO_ID).expect(404);
    await print(app.anonymous).expect(401);
    expect(reasonOf(await print(admin, { userIds: [NO_ID] }).expect(404))).toBe('member.not_found');
  });

  it('ask for the password of the teacher again', async () => {
    const { id } = await world.classMember(schoolClass, 'teacher');
    const client = await app.as(id);
    await prisma().refreshToken.updateMany({ where: { userId: id }, data: { passwordProvenAt: null } });
    expect(reasonOf(await print(client).expect(403))).toBe('auth.recent_password_required');
  });

  it.each([[{ days: 0 }], [{ days: 61 }], [{ userIds: [] }], [{ userIds: ['x'] }], [{ more: 1 }]])(
    'refuse %j',
    async (body) => {
      await print(admin, body).expect(400);
    },
  );
});
