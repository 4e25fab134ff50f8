import { createTestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { MailScene, WEB_APP } from '../mails/mails.builder';

const PASSWORD = 'a longer swim in July';
const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
  body.error.details.reason;

describe('creating a user who is invited', () => {
  let scene: MailScene;
  let school: Awaited<ReturnType<World['group']>>;
  let create: (values: object) => ReturnType<Awaited<ReturnType<MailScene['app']['as']>>['post']>;
  beforeAll(async () => {
    scene = await MailScene.create();
    const world = new World(scene.app.container);
    school = await world.group({ name: 'Maple School' });
    const admin = await scene.app.as((await world.member(school, 'admin')).id);
    const body = { name: 'Zoe Quill', groupId: school.id, role: 'teacher', access: 'invitation' };
    create = (values) => admin.post('/users').send({ ...body, ...values });
  });
  afterAll(() => scene.close());

  const choose = (token: string) =>
    scene.app.anonymous.post('/auth/password/reset').send({ token, newPassword: PASSWORD });

  it('gives them their role, and a mail with which they choose their first password', async () => {
    const email = 'zoe@example.org';
    const { body } = await create({ email }).expect(201);
    expect(body.data).toMatchObject({ email, startPassword: null });
    const mail = await scene.sendOne();
    expect(mail).toMatchObject({ to: email, subject: 'Your account at Maple School' });
    expect(mail.text).toContain(`${WEB_APP}/reset-password#token=${mail.token}`);
    await choose(mail.token).expect(204);
    const signIn = await scene.app.anonymous
      .post('/auth/login')
      .send({ email, password: PASSWORD })
      .expect(200);
    const me = await scene.app.withToken(signIn.body.data.accessToken).get('/auth/me').expect(200);
    expect(me.body.data).toMatchObject({
      mustChangePassword: false,
      groups: [{ id: school.id, role: 'teacher' }],
    });
    // An account that begins needs no alarm.
    expect(await scene.send()).toEqual([]);
    await choose(mail.token).expect(400);
  });

  it('lets them ask for another link if they have lost theirs', async () => {
    const email = 'lost@example.org';
    await create({ email }).expect(201);
    await scene.sendOne();
    await scene.app.anonymous.post('/auth/password/forgot').send({ email }).expect(202);
    await choose((await scene.sendOne()).token).expect(204);
    await scene.send();
  });

  it('needs an address, and an installation that sends mails', async () => {
    const { body } = await create({ username: 'no.mail' }).expect(400);
    expect(body.error.details.issues[0].path).toBe('body.email');
    const mute = await createTestApp({ env: { MAIL_FOLDER: '' } });
    const world = new World(mute.container);
    const group = await world.group();
    const admin = await mute.as((await world.member(group, 'admin')).id);
    const answer = await admin
      .post('/users')
      .send({ name: 'Zoe', email: 'zoe@example.org', groupId: group.id, role: 'staff', access: 'invitation' })
      .expect(409);
    expect(reasonOf(answer)).toBe('mail.not_configured');
    await mute.close();
  });
});
