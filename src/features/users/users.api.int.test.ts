import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const AuditRow = z.object({
  action: z.string(),
  details: z.record(z.string(), z.unknown()),
  tenantId: z.string().nullable(),
});
const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';

describe('people', () => {
  let app: TestApp;
  let world: World;
  let district: Awaited<ReturnType<World['group']>>;
  let school: Awaited<ReturnType<World['group']>>;
  let root: Client;
  let districtAdmin: Client;
  let schoolAdmin: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    root = await app.as((await world.user({ isPlatformAdmin: true })).id);
    districtAdmin = await app.as((await world.member(district, 'admin')).id);
    schoolAdmin = await app.as((await world.member(school, 'admin')).id);
  });
  afterAll(() => app.close());

  const pupilOf = async (group = school) => {
    const user = await world.user({ tenantId: group.tenantId });
    await world.member(group, 'student', user);
    return user;
  };
  const audited = (userId: string) =>
    app.container.platform.db.rows(
      sql`SELECT action, details, tenant_id AS "tenantId" FROM audit_events WHERE subject_id = ${userId}::uuid ORDER BY seq`,
      AuditRow,
    );

  describe('reading one', () => {
    it('gives what is known of them, and nothing secret', async () => {
      const pupil = await pupilOf();
      const { body, headers } = await schoolAdmin.get(`/users/${pupil.id}`).expect(200);
      expect(body.data).toEqual({
        id: pupil.id,
        tenantId: district.id,
        email: pupil.email,
        username: null,
        name: pupil.name,
        locale: null,
        status: 'active',
        isPlatformAdmin: false,
        emailVerified: false,
        signInMethods: [],
        lastLoginAt: null,
        deactivatedAt: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        links: {
          self: `/api/v1/users/${pupil.id}`,
          guardians: `/api/v1/users/${pupil.id}/guardians`,
        },
        can: {
          update: true,
          changeEmail: true,
          manageSignIns: true,
          resetPassword: true,
          deactivate: true,
          reactivate: false,
          manageGuardians: true,
        },
      });
      expect(headers.etag).toMatch(/^"1-/);
      await schoolAdmin
        .get(`/users/${pupil.id}`)
        .set('If-None-Match', headers.etag as string)
        .expect(304);
    });

    it('is for themselves, their admins and the teachers of their classes; to others they do not exist', async () => {
      const pupil = await pupilOf();
      const physics = await world.class(school);
      await world.classMember(physics, 'student', pupil);
      const teacher = await world.classMember(physics, 'teacher');
      const assistant = await world.classMember(physics, 'assistant');
      const fellow = await world.classMember(physics, 'student');
      const colleague = await world.member(school, 'teacher');
      const elsewhere = await world.member(await world.group(), 'admin');
      const self = { ...pupil };
      for (const reader of [self, teacher, assistant]) {
        await (await app.as(reader.id)).get(`/users/${pupil.id}`).expect(200);
      }
      for (const client of [root, districtAdmin, schoolAdmin])
        await client.get(`/users/${pupil.id}`).expect(200);
      for (const stranger of [fellow, colleague, elsewhere]) {
        const { body } = await (await app.as(stranger.id)).get(`/users/${pupil.id}`).expect(404);
        expect(body.error.details.reason).toBe('user.not_found');
      }
    });

    it('answers 404 for an unknown user, 400 for an invalid request, and 401 without a sign-in', async () => {
      await root.get(`/users/${NO_ID}`).expect(404);
      await root.get('/users/nobody').expect(400);
      await app.anonymous.get(`/users/${NO_ID}`).expect(401);
    });
  });

  describe('changing one', () => {
    it('is for themselves, but not the e-mail', async () => {
      const pupil = await pupilOf();
      const self = await app.as(pupil.id);
      const { body, headers } = await self
        .patch(`/users/${pupil.id}`)
        .send({ name: ' New Name ', locale: 'pt-br' })
        .expect(200);
      expect(body.data).toMatchObject({
        name: 'New Name',
        locale: 'pt-BR',
        email: pupil.email,
        can: { changeEmail: false },
      });
      expect(headers.etag).toMatch(/^"2-/);
      const { body: refused } = await self
        .patch(`/users/${pupil.id}`)
        .send({ email: 'mine@example.org' })
        .expect(403);
      expect(refused.error.details).toEqual({ reason: 'auth.forbidden', action: 'user.change_email' });
    });

    it('is for admins of all their places, the e-mail too', async () => {
      const pupil = await pupilOf();
      const { body } = await schoolAdmin
        .patch(`/users/${pupil.id}`)
        .send({ email: 'NEW.address@example.org' })
        .expect(200);
      expect(body.data.email).toBe('new.address@example.org');
      expect(await audited(pupil.id)).toEqual([
        { action: 'user.updated', details: { fields: ['email'] }, tenantId: district.id },
      ]);
      const other = await world.group({ under: district });
      await world.member(other, 'teacher', pupil);
      await schoolAdmin.patch(`/users/${pupil.id}`).send({ name: 'Shared' }).expect(403);
      await districtAdmin.patch(`/users/${pupil.id}`).send({ name: 'Shared' }).expect(200);
    });

    it('leaves what is not given, and clears a language', async () => {
      const pupil = await pupilOf();
      await schoolAdmin.patch(`/users/${pupil.id}`).send({ locale: 'de' }).expect(200);
      const { body } = await schoolAdmin.patch(`/users/${pupil.id}`).send({ locale: null }).expect(200);
      expect(body.data).toMatchObject({ locale: null, name: pupil.name, email: pupil.email });
    });

    it('is refused where the e-mail is taken', async () => {
      const [one, other] = [await pupilOf(), await pupilOf()];
      const { body } = await schoolAdmin.patch(`/users/${one.id}`).send({ email: other.email }).expect(409);
      expect(body.error.details.reason).toBe('user.email_taken');
    });

    it('succeeds for only one of the callers who saw the same revision', async () => {
      const pupil = await pupilOf();
      const { headers } = await schoolAdmin.get(`/users/${pupil.id}`).expect(200);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          schoolAdmin
            .patch(`/users/${pupil.id}`)
            .set('If-Match', headers.etag as string)
            .send({ name: `Name ${i}` }),
        ),
      );
      expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
        200,
        ...Array(9).fill(412),
      ]);
      expect(await audited(pupil.id)).toHaveLength(1);
    });

    it.each([
      [{}],
      [{ name: '' }],
      [{ name: 'x'.repeat(201) }],
      [{ locale: 'not a language' }],
      [{ email: 'nowhere' }],
      [{ status: 'deactivated' }],
      [{ isPlatformAdmin: true }],
      [{ tenantId: NO_ID }],
    ])('is refused with %j', async (body) => {
      await schoolAdmin
        .patch(`/users/${(await pupilOf()).id}`)
        .send(body)
        .expect(400);
    });

    it('does not reach strangers', async () => {
      const stranger = await pupilOf(await world.group());
      await districtAdmin.patch(`/users/${stranger.id}`).send({ name: 'Taken over' }).expect(404);
      const physics = await world.class(school);
      const pupil = await pupilOf();
      await world.classMember(physics, 'student', pupil);
      const teacher = await app.as((await world.classMember(physics, 'teacher')).id);
      await teacher.patch(`/users/${pupil.id}`).send({ name: 'By the teacher' }).expect(403);
      await app.anonymous.patch(`/users/${pupil.id}`).send({ name: 'By nobody' }).expect(401);
    });
  });

  describe('deactivating one', () => {
    it('locks them out immediately, and reactivating lets them in again', async () => {
      const pupil = await pupilOf();
      const self = await app.as(pupil.id);
      await self.get('/auth/me').expect(200);
      await schoolAdmin.delete(`/users/${pupil.id}`).expect(204);
      await self.get('/auth/me').expect(401);
      const shown = await schoolAdmin.get(`/users/${pupil.id}`).expect(200);
      expect(shown.body.data).toMatchObject({ status: 'deactivated', deactivatedAt: expect.any(String) });
      expect(shown.body.data.can).toMatchObject({ deactivate: false, reactivate: true });
      await schoolAdmin.delete(`/users/${pupil.id}`).expect(204);
      const back = await schoolAdmin.post(`/users/${pupil.id}/reactivate`).expect(200);
      expect(back.body.data).toMatchObject({ status: 'active', deactivatedAt: null });
      await schoolAdmin.post(`/users/${pupil.id}/reactivate`).expect(200);
      await self.get('/auth/me').expect(401);
      await (await app.as(pupil.id)).get('/auth/me').expect(200);
      expect((await audited(pupil.id)).map(({ action }) => action)).toEqual([
        'user.deactivated',
        'user.reactivated',
      ]);
    });

    it('is for admins of all their places, and never oneself', async () => {
      const pupil = await pupilOf();
      const admin = await world.member(school, 'admin');
      const { body } = await (await app.as(admin.id)).delete(`/users/${admin.id}`).expect(409);
      expect(body.error.details.reason).toBe('user.own_account');
      const physics = await world.class(school);
      await world.classMember(physics, 'student', pupil);
      const teacher = await app.as((await world.classMember(physics, 'teacher')).id);
      await teacher.delete(`/users/${pupil.id}`).expect(403);
      await teacher.post(`/users/${pupil.id}/reactivate`).expect(403);
      const stranger = await app.as((await world.member(await world.group(), 'admin')).id);
      await stranger.delete(`/users/${pupil.id}`).expect(404);
      await stranger.post(`/users/${pupil.id}/reactivate`).expect(404);
      await app.anonymous.delete(`/users/${pupil.id}`).expect(401);
      await app.anonymous.post(`/users/${pupil.id}/reactivate`).expect(401);
      await root.delete('/users/nobody').expect(400);
      await root.post('/users/nobody/reactivate').expect(400);
      await root.delete(`/users/${NO_ID}`).expect(404);
    });

    it('of a platform admin is only for platform admins', async () => {
      const boss = await world.user({ isPlatformAdmin: true, tenantId: district.id });
      await world.member(district, 'teacher', boss);
      await districtAdmin.delete(`/users/${boss.id}`).expect(403);
      await root.delete(`/users/${boss.id}`).expect(204);
    });
  });

  describe('oneself', () => {
    it('shows groups, classes and the user’s rights', async () => {
      const user = await world.user({ tenantId: district.id });
      await world.member(school, 'teacher', user);
      const physics = await world.class(school, { name: 'Physics' });
      await world.classMember(physics, 'teacher', user);
      const { body, headers } = await (await app.as(user.id)).get('/auth/me').expect(200);
      expect(body.data).toMatchObject({
        id: user.id,
        email: user.email,
        status: 'active',
        isPlatformAdmin: false,
        mustChangePassword: false,
        groups: [
          {
            id: school.id,
            name: expect.any(String),
            kind: 'group',
            role: 'teacher',
            links: { self: `/api/v1/groups/${school.id}` },
          },
        ],
        classes: [
          {
            id: physics.id,
            name: 'Physics',
            groupId: school.id,
            role: 'teacher',
            links: { self: `/api/v1/classes/${physics.id}` },
          },
        ],
        can: {
          update: true,
          changePassword: true,
          listUsers: false,
          createRootGroups: false,
          createClasses: true,
          createTools: true,
        },
      });
      expect(headers.etag).toMatch(/^"1-/);
    });

    it('belongs to no archived place', async () => {
      const gone = await world.group({ under: district });
      const user = await world.member(gone, 'student');
      const schoolClass = await world.class(gone);
      await world.classMember(schoolClass, 'student', user);
      await app.container.platform.db.execute(
        sql`UPDATE groups SET deleted_at = now(), archived_by_group_id = id WHERE id = ${gone.id}::uuid`,
      );
      await app.container.platform.db.execute(
        sql`UPDATE classes SET deleted_at = now() WHERE id = ${schoolClass.id}::uuid`,
      );
      const { body } = await (await app.as(user.id)).get('/auth/me').expect(200);
      expect(body.data).toMatchObject({ groups: [], classes: [] });
    });

    it('can be given a name and a language', async () => {
      const user = await world.user();
      const self = await app.as(user.id);
      const { headers } = await self.get('/auth/me').expect(200);
      const etag = headers.etag as string;
      const { body } = await self
        .patch('/auth/me')
        .set('If-Match', etag)
        .send({ name: 'Me', locale: 'en-GB' })
        .expect(200);
      expect(body.data).toMatchObject({ name: 'Me', locale: 'en-GB', groups: [] });
      await self.patch('/auth/me').set('If-Match', etag).send({ name: 'Too late' }).expect(412);
      await self.patch('/auth/me').send({ email: 'mine@example.org' }).expect(400);
      await self.patch('/auth/me').send({}).expect(400);
      await app.anonymous.patch('/auth/me').send({ name: 'Nobody' }).expect(401);
      await app.anonymous.get('/auth/me').expect(401);
    });
  });
});
