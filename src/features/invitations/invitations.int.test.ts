import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { MovableClock, PASSWORD } from '../auth/auth.builder';
import { MailScene, WEB_APP } from '../mails/mails.builder';

const clock = new MovableClock();
let scene: MailScene;
let app: TestApp;
let world: World;
let district: Awaited<ReturnType<World['group']>>;
let school: Awaited<ReturnType<World['group']>>;
let schoolClass: Awaited<ReturnType<World['class']>>;
let admin: Client;
let teacher: Client;
let teacherId: string;

beforeAll(async () => {
  scene = await MailScene.create({ clock, env: { REGISTRATION_MODE: 'invite' } });
  ({ app } = scene);
  world = new World(app.container);
  district = await world.group({ name: 'Maple District' });
  school = await world.group({ under: district, name: 'Maple School' });
  schoolClass = await world.class(school, { name: 'Biology 7b' });
  admin = await app.as((await world.member(school, 'admin')).id);
  const { id } = await world.member(school, 'teacher');
  await world.classMember(schoolClass, 'teacher', { id });
  teacherId = id;
  teacher = await app.as(id);
});
afterAll(() => scene.close());
beforeEach(() => {
  clock.aheadMs = 0;
});

const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
  body.error.details.reason;
const db = () => app.container.platform.db.prisma;
let counter = 0;
const address = () => {
  counter += 1;
  return `invited${counter}@example.org`;
};
const toGroup = (email: string, role = 'teacher', client = admin) =>
  client.post(`/groups/${school.id}/invitations`).send({ emails: [email], role });
const toClass = (email: string, role = 'student', client = teacher) =>
  client.post(`/classes/${schoolClass.id}/invitations`).send({ emails: [email], role });
const accept = (
  token: string,
  more: object = { name: 'Grace Hopper', password: PASSWORD },
  client?: Client,
) => (client ?? app.anonymous).post('/auth/invitations/accept').send({ token, ...more });
const preview = (token: string) => app.anonymous.post('/auth/invitations/preview').send({ token });

async function invited(role = 'teacher', email = address()) {
  const { body } = await toGroup(email, role).expect(200);
  const { token } = await scene.sendOne();
  return { email, token, id: body.data.results[0].invitation.id as string };
}
async function invitedToClass(role = 'student', email = address(), client = teacher) {
  const { body } = await toClass(email, role, client).expect(200);
  const { token } = await scene.sendOne();
  return { email, token, id: body.data.results[0].invitation.id as string };
}

describe('an invitation to a group', () => {
  it('goes by mail, and makes a new person an account and a member with one call', async () => {
    const { email, token } = await invited();
    const mail = scene.server.received.at(-1);
    expect(mail?.to).toEqual([email]);
    const shown = await preview(token).expect(200);
    expect(shown.body.data).toMatchObject({
      ...{ email, role: 'teacher', school: 'Maple District', accountExists: false },
      place: { type: 'group', name: 'Maple School' },
    });
    expect(shown.headers['cache-control']).toBe('no-store');
    const { body } = await accept(token).expect(200);
    expect(body.data).toMatchObject({
      ...{ tenantId: district.id, role: 'teacher', groupId: school.id, classId: null, accountCreated: true },
    });
    const signIn = await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }).expect(200);
    expect(signIn.body.data.user).toMatchObject({ tenantId: district.id, emailVerified: true });
    const me = await app.withToken(signIn.body.data.accessToken).get('/auth/me').expect(200);
    expect(me.body.data.groups).toMatchObject([{ id: school.id, role: 'teacher' }]);
  });

  it('is in the language of the mail, with a link to the web client', async () => {
    await toGroup(address()).expect(200);
    const mail = await scene.sendOne();
    expect(mail.subject).toBe('Invitation to Maple School');
    expect(mail.text).toContain(`${WEB_APP}/invitation#token=${mail.token}`);
    expect(mail.text).toContain('as a teacher');
  });

  it('puts nobody into a district who has not accepted', async () => {
    const person = await world.user();
    await toGroup(person.email).expect(200);
    const { token } = await scene.sendOne();
    expect((await db().user.findUniqueOrThrow({ where: { id: person.id } })).tenantId).toBeNull();
    expect(await db().groupMember.count({ where: { userId: person.id } })).toBe(0);
    expect((await preview(token)).body.data.accountExists).toBe(true);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.sign_in_required');
    const { body } = await accept(token, {}, await app.as(person.id)).expect(200);
    expect(body.data).toMatchObject({ userId: person.id, accountCreated: false });
    const joined = await db().user.findUniqueOrThrow({ where: { id: person.id } });
    expect(joined).toMatchObject({ tenantId: district.id, emailVerifiedAt: expect.any(Date) });
  });

  it('is not for a person of another district, nor for another address', async () => {
    const elsewhere = await world.group();
    const stranger = await world.user({ tenantId: elsewhere.id });
    await toGroup(stranger.email).expect(200);
    const { token } = await scene.sendOne();
    expect(reasonOf(await accept(token, {}, await app.as(stranger.id)).expect(409))).toBe(
      'invitation.other_tenant',
    );
    const other = await world.user();
    expect(reasonOf(await accept(token, {}, await app.as(other.id)).expect(409))).toBe(
      'invitation.other_address',
    );
  });

  it('draws no platform admin into a district whose admin is none', async () => {
    const operator = await world.user({ isPlatformAdmin: true });
    await toGroup(operator.email).expect(200);
    const { token } = await scene.sendOne();
    expect(reasonOf(await accept(token, {}, await app.as(operator.id)).expect(409))).toBe(
      'invitation.platform_admin',
    );
  });

  it('is accepted once, whoever is first', async () => {
    const { token } = await invited();
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(token)));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 409, 409, 409, 409, 409,
    ]);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.accepted');
  });

  it('asks for a name and a good password', async () => {
    const { token } = await invited();
    const { body } = await accept(token, {}).expect(400);
    expect(body.error.details.issues.map(({ path }: { path: string }) => path)).toEqual([
      'body.name',
      'body.password',
    ]);
    expect(reasonOf(await accept(token, { name: 'Grace', password: 'password1' }).expect(400))).toBe(
      'auth.weak_password',
    );
    await accept(token).expect(200);
  });

  it('says for each of many addresses what happened', async () => {
    const [fresh, pending, member] = [address(), address(), await world.user({ tenantId: district.id })];
    await world.member(school, 'staff', member);
    await toGroup(pending).expect(200);
    const { body } = await admin
      .post(`/groups/${school.id}/invitations`)
      .send({ emails: [fresh, pending, member.email, fresh], role: 'student' })
      .expect(200);
    expect(
      body.data.results.map((each: { email: string; outcome: string }) => [each.email, each.outcome]),
    ).toEqual([
      [fresh, 'invited'],
      [pending, 'already_invited'],
      [member.email, 'already_member'],
    ]);
    expect((await scene.send()).map(({ to }) => to)).toEqual([pending, fresh]);
  });

  it('ends when its time is over, and can be sent again', async () => {
    const { token, id, email } = await invited();
    clock.aheadMs = 15 * 86_400_000;
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.expired');
    const listed = await admin.get(`/groups/${school.id}/invitations?state=expired&limit=100`).expect(200);
    expect(listed.body.data).toContainEqual(expect.objectContaining({ id, state: 'expired' }));
    expect(reasonOf(await admin.delete(`/invitations/${id}`).expect(409))).toBe('invitation.expired');
    expect((await toGroup(email).expect(200)).body.data.results[0].outcome).toBe('invited');
    const resent = admin.post(`/invitations/${id}/resend`).send({});
    expect(reasonOf(await resent.expect(409))).toBe('invitation.expired');
    await scene.send();
  });

  it('is sent again with a new link; the old one stops working', async () => {
    const { token, id } = await invited();
    await admin.post(`/invitations/${id}/resend`).expect(200);
    expect(reasonOf(await accept(token).expect(400))).toBe('auth.link_invalid');
    const newer = await scene.sendOne();
    await accept(newer.token).expect(200);
    expect(reasonOf(await admin.post(`/invitations/${id}/resend`).expect(409))).toBe('invitation.accepted');
  });

  it('is taken back', async () => {
    const { token, id } = await invited();
    await admin.delete(`/invitations/${id}`).expect(204);
    await accept(token).expect(400);
    expect(reasonOf(await admin.delete(`/invitations/${id}`).expect(409))).toBe('invitation.revoked');
    const listed = await admin.get(`/groups/${school.id}/invitations?state=revoked`).expect(200);
    expect(listed.body.data[0]).toMatchObject({ id, can: { resend: false, revoke: false } });
  });

  it('lapses with the right of its inviter, and goes on when another admin sends it', async () => {
    const { id: inviterId } = await world.member(school, 'admin');
    const inviter = await app.as(inviterId);
    const email = address();
    const { body } = await toGroup(email, 'admin', inviter).expect(200);
    const { token } = await scene.sendOne();
    await admin.patch(`/groups/${school.id}/members/${inviterId}`).send({ role: 'staff' }).expect(200);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.lapsed');
    await admin.post(`/invitations/${body.data.results[0].invitation.id}/resend`).expect(200);
    await accept((await scene.sendOne()).token).expect(200);
  });

  it('waits while its group is archived', async () => {
    const club = await world.group({ under: school });
    const email = address();
    await admin
      .post(`/groups/${club.id}/invitations`)
      .send({ emails: [email], role: 'student' })
      .expect(200);
    const { token } = await scene.sendOne();
    await admin.delete(`/groups/${club.id}`).expect(204);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.place_archived');
    expect(reasonOf(await preview(token).expect(409))).toBe('invitation.place_archived');
    await admin.post(`/groups/${club.id}/restore`).expect(200);
    await accept(token).expect(200);
  });

  it('is refused where somebody has another role already, and is good where they have this one', async () => {
    for (const [role, status] of [
      ['student', 409],
      ['teacher', 200],
    ] as const) {
      const person = await world.user({ tenantId: district.id });
      const { token } = await invited('teacher', person.email);
      await world.member(school, role, person);
      await accept(token, {}, await app.as(person.id)).expect(status);
    }
  });

  it('is for admins of the group to give, to see and to end', async () => {
    const { id } = await invited();
    const stranger = await app.as((await world.member(await world.group(), 'admin')).id);
    await toGroup(address(), 'student', teacher).expect(403);
    await toGroup(address(), 'student', stranger).expect(404);
    await toGroup(address(), 'student', app.anonymous).expect(401);
    await toGroup('nowhere').expect(400);
    await toGroup(address(), 'observer').expect(400);
    await admin
      .post(`/groups/${school.id}/invitations`)
      .send({ emails: Array.from({ length: 101 }, (_, n) => `many${n}@example.org`), role: 'student' })
      .expect(400);
    await teacher.get(`/groups/${school.id}/invitations`).expect(403);
    await stranger.get(`/groups/${school.id}/invitations`).expect(404);
    for (const client of [teacher, stranger]) {
      await client.delete(`/invitations/${id}`).expect(404);
      await client.post(`/invitations/${id}/resend`).expect(404);
    }
    await admin.delete(`/invitations/${newId()}`).expect(404);
    await app.anonymous.delete(`/invitations/${id}`).expect(401);
    await preview('aTokenThatWeNeverGave').expect(400);
  });
});

describe('an invitation to a class', () => {
  it('gives the membership that carries the role', async () => {
    for (const [role, membership] of [
      ['student', 'student'],
      ['assistant', 'staff'],
      ['teacher', 'teacher'],
    ] as const) {
      const { token, email } = await invitedToClass(role);
      const { body } = await accept(token).expect(200);
      const { userId } = body.data;
      expect(await db().groupMember.findMany({ where: { userId } })).toMatchObject([
        { groupId: school.id, role: membership },
      ]);
      expect(await db().classMember.findMany({ where: { userId } })).toMatchObject([
        { classId: schoolClass.id, role },
      ]);
      const signIn = await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }).expect(200);
      await app.withToken(signIn.body.data.accessToken).get(`/classes/${schoolClass.id}`).expect(200);
    }
  });

  it('gives no role that is more than what its teacher has in the school', async () => {
    const { id } = await world.member(school, 'staff');
    await world.classMember(schoolClass, 'teacher', { id });
    const staff = await app.as(id);
    expect(reasonOf(await toClass(address(), 'teacher', staff).expect(403))).toBe('invitation.role_too_high');
    await toClass(address(), 'assistant', staff).expect(200);
    await scene.send();
  });

  it('lapses when its teacher leaves the class', async () => {
    const other = await world.classMember(schoolClass, 'teacher', await world.member(school, 'teacher'));
    const { token } = await invitedToClass('student', address(), await app.as(other.id));
    await admin.delete(`/classes/${schoolClass.id}/members/${other.id}`).expect(204);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.lapsed');
  });

  it('waits while its class is archived', async () => {
    const other = await world.class(school);
    await world.classMember(other, 'teacher', { id: teacherId });
    const email = address();
    const invite = () =>
      teacher.post(`/classes/${other.id}/invitations`).send({ emails: [email], role: 'student' });
    await invite().expect(200);
    const { token } = await scene.sendOne();
    await teacher.delete(`/classes/${other.id}`).expect(204);
    expect(reasonOf(await accept(token).expect(409))).toBe('invitation.place_archived');
    expect(reasonOf(await invite().expect(409))).toBe('class.archived');
  });

  it('is listed for its teachers; admins find it below their group', async () => {
    const { id } = await invitedToClass();
    const own = await teacher
      .get(`/classes/${schoolClass.id}/invitations?state=pending&limit=100`)
      .expect(200);
    expect(own.body.data.map((each: { id: string }) => each.id)).toContain(id);
    const { id: districtAdmin } = await world.member(district, 'admin');
    const client = await app.as(districtAdmin);
    const listOf = async (query: string) =>
      (await client.get(`/groups/${district.id}/invitations?limit=100${query}`).expect(200)).body.data.map(
        (each: { id: string }) => each.id,
      );
    expect(await listOf('')).toEqual([]);
    expect(await listOf('&below=true&state=pending')).toContain(id);
  });

  it('takes a person of the school in without another membership', async () => {
    const person = await world.user({ tenantId: district.id });
    await world.member(school, 'student', person);
    const { token } = await invitedToClass('student', person.email);
    await accept(token, {}, await app.as(person.id)).expect(200);
    expect(await db().groupMember.count({ where: { userId: person.id } })).toBe(1);
  });
});

describe('an invitation where registration is closed', () => {
  it('is good for people who have an account, and for nobody else', async () => {
    const closed = await MailScene.create({ env: { REGISTRATION_MODE: 'closed' } });
    const there = new World(closed.app.container);
    const group = await there.group();
    const client = await closed.app.as((await there.member(group, 'admin')).id);
    const person = await there.user();
    const invite = async (email: string) => {
      await client
        .post(`/groups/${group.id}/invitations`)
        .send({ emails: [email], role: 'staff' })
        .expect(200);
      return (await closed.sendOne()).token;
    };
    const body = { token: await invite(address()), name: 'Grace Hopper', password: PASSWORD };
    const refused = await closed.app.anonymous.post('/auth/invitations/accept').send(body).expect(403);
    expect(reasonOf(refused)).toBe('auth.registration_closed');
    const own = { token: await invite(person.email) };
    await (await closed.app.as(person.id)).post('/auth/invitations/accept').send(own).expect(200);
    await closed.close();
  });

  it('cannot be sent where no mail can be sent', async () => {
    const mute = await createTestApp({ env: { MAIL_FOLDER: '' } });
    const there = new World(mute.container);
    const group = await there.group();
    const client = await mute.as((await there.member(group, 'admin')).id);
    const answer = await client
      .post(`/groups/${group.id}/invitations`)
      .send({ emails: [address()], role: 'staff' })
      .expect(409);
    expect(reasonOf(answer)).toBe('mail.not_configured');
    await mute.close();
  });
});

describe('the retention of invitations', () => {
  it('removes those whose time was over thirty days ago', async () => {
    const { id } = await invited();
    const { retention } = app.container.invitations;
    clock.aheadMs = 40 * 86_400_000;
    while ((await retention.deleteOld({ limit: 100 })) > 0);
    expect(await db().invitation.count({ where: { id } })).toBe(1);
    clock.aheadMs = 45 * 86_400_000;
    while ((await retention.deleteOld({ limit: 100 })) > 0);
    expect(await db().invitation.count({ where: { id } })).toBe(0);
  });
});
