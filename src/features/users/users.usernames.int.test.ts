import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

describe('people without an e-mail', () => {
  let app: TestApp;
  let world: World;
  let district: Awaited<ReturnType<World['group']>>;
  let school: Awaited<ReturnType<World['group']>>;
  let admin: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    admin = await app.as((await world.member(school, 'admin')).id);
  });
  afterAll(() => app.close());

  const pupilNamed = async (values: { username?: string; name?: string } = {}, group = school) => {
    const pupil = await world.userWithoutEmail(group.tenantId, values);
    await world.member(group, 'student', pupil);
    return pupil;
  };
  const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
    body.error.details.reason;

  it('have a username where others have an e-mail, in every list', async () => {
    const pupil = await pupilNamed({ username: 'zoe.quill', name: 'Zoe Quill' });
    const schoolClass = await world.class(school);
    const teacher = await app.as((await world.classMember(schoolClass, 'teacher')).id);
    await world.classMember(schoolClass, 'student', pupil);
    const guardian = await world.userWithoutEmail(district.id, { username: 'quill.senior' });
    await world.observes(guardian, pupil);
    const shown = { email: null, username: 'zoe.quill' };
    const self = await app.as(pupil.id);
    expect((await self.get('/auth/me').expect(200)).body.data).toMatchObject(shown);
    expect((await admin.get(`/users/${pupil.id}`).expect(200)).body.data).toMatchObject(shown);
    for (const path of ['/users?q=ZOE.quill', `/groups/${school.id}/members?q=zoe.qu`]) {
      const { body } = await admin.get(path).expect(200);
      expect(body.data).toEqual([expect.objectContaining(shown)]);
    }
    const roster = await teacher.get(`/classes/${schoolClass.id}/roster?q=zoe.quill`).expect(200);
    expect(roster.body.data).toEqual([expect.objectContaining(shown)]);
    const guardians = await admin.get(`/users/${pupil.id}/guardians`).expect(200);
    expect(guardians.body.data).toEqual([expect.objectContaining({ email: null, username: 'quill.senior' })]);
  });

  it('show their usernames to nobody who may not see e-mails', async () => {
    const schoolClass = await world.class(school);
    const [pupil, mate] = [await pupilNamed(), await pupilNamed()];
    for (const each of [pupil, mate]) await world.classMember(schoolClass, 'student', each);
    const { body } = await (await app.as(mate.id)).get(`/classes/${schoolClass.id}/roster`).expect(200);
    for (const entry of body.data) expect(entry).toMatchObject({ email: null, username: null });
  });

  it('get a username from an admin, in lower case; nobody else changes it', async () => {
    const pupil = await pupilNamed();
    const { body } = await admin.patch(`/users/${pupil.id}`).send({ username: ' Ada.Lovelace ' }).expect(200);
    expect(body.data.username).toBe('ada.lovelace');
    await (await app.as(pupil.id)).patch(`/users/${pupil.id}`).send({ username: 'mine' }).expect(403);
    for (const username of ['a', 'ada lovelace', 'ada@example.org', 'x'.repeat(65), 7])
      await admin.patch(`/users/${pupil.id}`).send({ username }).expect(400);
  });

  it('have usernames that are unique in the district, and only there', async () => {
    const [first, second] = [await pupilNamed({ username: 'only.one' }), await pupilNamed()];
    const refused = await admin.patch(`/users/${second.id}`).send({ username: 'Only.One' }).expect(409);
    expect(reasonOf(refused)).toBe('user.username_taken');
    const elsewhere = await world.group();
    const namesake = await pupilNamed({}, elsewhere);
    const other = await app.as((await world.member(elsewhere, 'admin')).id);
    await other.patch(`/users/${namesake.id}`).send({ username: first.username }).expect(200);
  });

  it('keep at least one name to sign in with', async () => {
    const pupil = await pupilNamed();
    const refused = await admin.patch(`/users/${pupil.id}`).send({ username: null }).expect(409);
    expect(reasonOf(refused)).toBe('user.sign_in_name_required');
    const email = `${pupil.username}@example.org`;
    await admin.patch(`/users/${pupil.id}`).send({ email, username: null }).expect(200);
  });

  it('belong to a district', async () => {
    const root = await app.as((await world.user({ isPlatformAdmin: true })).id);
    const homeless = await world.user();
    const refused = await root.patch(`/users/${homeless.id}`).send({ username: 'homeless' }).expect(409);
    expect(reasonOf(refused)).toBe('user.no_district');
  });
});
