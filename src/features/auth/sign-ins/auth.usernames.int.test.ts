import argon2 from '@node-rs/argon2';
import { createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { buildPupilAccount, PASSWORD, withToken } from '../auth.builder';

describe('signing in with district code and username', () => {
  let app: TestApp;
  let district: Awaited<ReturnType<World['group']>>;
  beforeAll(async () => {
    app = await createTestApp({ env: { TRUST_PROXY: '1' } });
    district = await new World(app.container).group();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  const pupilNamed = (username: string, tenantId = district.id) =>
    buildPupilAccount(app.container, tenantId, username);
  const login = (body: object, address = '192.0.2.1') =>
    app.anonymous.post('/auth/login').set('X-Forwarded-For', address).send(body);

  it('gives the same as signing in with e-mail', async () => {
    const { id, districtCode } = await pupilNamed('zoe.quill');
    const { body } = await login({ districtCode, username: 'zoe.quill', password: PASSWORD }).expect(200);
    expect(body.data.user).toMatchObject({ id, tenantId: district.id, email: null, username: 'zoe.quill' });
    const me = await withToken(app.anonymous, 'get', '/auth/me', body.data.accessToken).expect(200);
    expect(me.body.data).toMatchObject({ email: null, username: 'zoe.quill' });
  });

  it('takes code and username however they are typed', async () => {
    const { districtCode } = await pupilNamed('ada.lovelace');
    const typed = `${districtCode.slice(0, 4).toLowerCase()}-${districtCode.slice(4)} `;
    await login({ districtCode: typed, username: ' Ada.LOVELACE ', password: PASSWORD }).expect(200);
  });

  it('finds the pupil of that district alone', async () => {
    const elsewhere = await new World(app.container).group();
    const here = await pupilNamed('namesake');
    const there = await pupilNamed('namesake', elsewhere.id);
    for (const { id, districtCode } of [here, there]) {
      const { body } = await login({ districtCode, username: 'namesake', password: PASSWORD }).expect(200);
      expect(body.data.user.id).toBe(id);
    }
  });

  it('answers alike for an unknown district, an unknown username and a wrong password, after the same work', async () => {
    const { districtCode, username } = await pupilNamed('quiet.one');
    await login({ districtCode, username: 'warm-up', password: PASSWORD }).expect(401);
    const verify = jest.spyOn(argon2, 'verify');
    const answers = [];
    for (const body of [
      { districtCode: 'AAAA22', username, password: PASSWORD },
      { districtCode, username: 'nobody', password: PASSWORD },
      { districtCode, username, password: 'not the password' },
      { email: 'nobody@example.org', password: PASSWORD },
    ]) {
      const { status, body: answer } = await login(body);
      answers.push({ status, error: { ...answer.error, requestId: '' } });
    }
    expect(verify).toHaveBeenCalledTimes(4);
    expect(answers[0]).toMatchObject({
      status: 401,
      error: { details: { reason: 'auth.invalid_credentials' } },
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('is slowed down for one account, by whichever name it is guessed', async () => {
    const { id, districtCode, username } = await pupilNamed('target');
    const email = 'target@example.org';
    await app.container.platform.db.prisma.user.updateMany({ where: { id }, data: { email } });
    const address = '192.0.2.77';
    for (let i = 0; i < 5; i += 1) {
      await login({ districtCode, username, password: 'a wrong guess' }, address).expect(401);
      await login({ email, password: 'a wrong guess' }, address).expect(401);
    }
    await login({ districtCode, username, password: PASSWORD }, address).expect(429);
    await login({ email, password: PASSWORD }, address).expect(429);
    await login({ email, password: PASSWORD }, '192.0.2.78').expect(200);
    for (let i = 0; i < 10; i += 1)
      await login({ districtCode, username: 'unknown', password: PASSWORD }, address).expect(401);
    await login({ districtCode, username: 'unknown', password: PASSWORD }, address).expect(429);
  });

  it.each([
    [{ username: 'zoe.quill', password: PASSWORD }],
    [{ districtCode: 'ZARO47', password: PASSWORD }],
    [{ districtCode: 'ZARO47', username: 'zoe.quill' }],
    [{ districtCode: 'ZARO4', username: 'zoe.quill', password: PASSWORD }],
    [{ districtCode: 'ZARO47', username: 'zoe quill', password: PASSWORD }],
    [{ email: 'zoe@example.org', username: 'zoe.quill', password: PASSWORD }],
    [{ email: 'zoe@example.org', districtCode: 'ZARO47', username: 'zoe.quill', password: PASSWORD }],
  ])('refuses %j', async (body) => {
    const answer = await login(body).expect(400);
    expect(answer.body.error.code).toBe('VALIDATION_ERROR');
  });
});
