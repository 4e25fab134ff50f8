import { loadConfig } from '../../../config/config';
import { createContainer } from '../../../container';
import { createLogger } from '../../../platform/logging/logger';
import { type Client, createTestApp, type TestApp, testEnv } from '../../../testing/app';
import { World } from '../../../testing/world';

type Place = Awaited<ReturnType<World['group']>>;

describe('what groups inherit', () => {
  let app: TestApp;
  let world: World;
  let district: Place;
  let school: Place;
  let department: Place;
  let admin: Client;
  let student: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    district = await world.group({ name: 'District' });
    school = await world.group({ name: 'School', under: district });
    department = await world.group({ name: 'Department', under: school });
    admin = await app.as((await world.member(district, 'admin')).id);
    student = await app.as((await world.member(department, 'student')).id);
  });
  const from = (place: Place, groupName: string) => ({ groupId: place.id, groupName });
  const theme = async (client: Client, place: Place) =>
    (await client.get(`/groups/${place.id}/theme/resolved`).expect(200)).body.data;
  const settings = async (place: Place) =>
    (await admin.get(`/groups/${place.id}/settings/resolved`).expect(200)).body.data;

  describe('PATCH /groups/:id/theme', () => {
    it('merges a patch, in which null removes a key, and respects If-Match', async () => {
      const first = await admin
        .patch(`/groups/${district.id}/theme`)
        .send({
          colors: { primary: '#1d4ed8', text: '#000' },
          logo: { url: 'https://example.org/l.svg', alt: 'Logo' },
          strings: { hello: { en: 'Hello', de: 'Hallo' } },
          custom: { a: { b: [1, { c: null }] } },
        })
        .expect(200);
      const etag = first.headers.etag as string;
      const second = await admin
        .patch(`/groups/${district.id}/theme`)
        .set('If-Match', etag)
        .send({ colors: { text: null }, logo: null, strings: { hello: { de: null } } })
        .expect(200);
      expect(second.body.data.theme).toEqual({
        colors: { primary: '#1d4ed8' },
        strings: { hello: { en: 'Hello' } },
        custom: { a: { b: [1, { c: null }] } },
      });
      await admin
        .patch(`/groups/${district.id}/theme`)
        .set('If-Match', etag)
        .send({ colors: null })
        .expect(412);
    });

    it('loses nothing if two patches come at once', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          admin
            .patch(`/groups/${district.id}/theme`)
            .send({ custom: { [`key${i}`]: i } })
            .expect(200),
        ),
      );
      expect(Object.keys((await theme(admin, district)).theme.custom)).toHaveLength(20);
    });

    it.each([
      [{ colors: { primary: 'blue' } }, 'body.colors.primary'],
      [{ colors: { 'no spaces': '#fff' } }, 'body.colors.no spaces'],
      [{ unknown: 1 }, 'body.unknown'],
      [{ logo: { url: 'http://example.org/x.png' } }, 'body.logo.url'],
      [{ strings: { hello: 1 } }, 'body.strings.hello'],
      [{ custom: { text: 'a\0b' } }, 'body.custom'],
      [{ custom: { text: '\ud800' } }, 'body.custom'],
      [{ custom: { big: 'x'.repeat(17_000) } }, 'body.custom'],
      [{ custom: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } } }, 'body.custom'],
    ])('refuses %j', async (patch, path) => {
      const { body } = await admin.patch(`/groups/${district.id}/theme`).send(patch).expect(400);
      expect(body.error.details.issues[0].path).toBe(path);
    });

    it('keeps the whole within its bounds, however small the patches are', async () => {
      await admin
        .patch(`/groups/${district.id}/theme`)
        .send({ custom: { one: 'x'.repeat(10_000) } })
        .expect(200);
      const { body } = await admin
        .patch(`/groups/${district.id}/theme`)
        .send({ custom: { two: 'x'.repeat(10_000) } })
        .expect(400);
      expect(body.error.details.issues[0].path).toBe('body.custom');
    });

    it('is for people who manage the group', async () => {
      const teacher = await app.as((await world.member(school, 'teacher')).id);
      await teacher.patch(`/groups/${school.id}/theme`).send({}).expect(403);
      await student.patch(`/groups/${school.id}/theme`).send({}).expect(403);
      await teacher
        .patch(`/groups/${(await world.group({ under: district })).id}/theme`)
        .send({})
        .expect(404);
      await app.anonymous.patch(`/groups/${school.id}/theme`).send({}).expect(401);
    });
  });

  describe('the resolved theme', () => {
    it('is merged from the root down and names the group of each value', async () => {
      await admin
        .patch(`/groups/${district.id}/theme`)
        .send({ colors: { primary: '#111', text: '#222' }, custom: { list: [1, 2], 'a.b': 1 } })
        .expect(200);
      await admin
        .patch(`/groups/${school.id}/theme`)
        .send({ colors: { primary: '#333' }, custom: { list: [3] } })
        .expect(200);
      expect(await theme(student, department)).toEqual({
        theme: { colors: { primary: '#333', text: '#222' }, custom: { list: [3], 'a.b': 1 } },
        sources: {
          'colors.primary': from(school, 'School'),
          'colors.text': from(district, 'District'),
          'custom.list': from(school, 'School'),
          'custom.a\\.b': from(district, 'District'),
        },
        links: {
          self: `/api/v1/groups/${department.id}/theme/resolved`,
          group: `/api/v1/groups/${department.id}`,
        },
      });
    });

    it('follows each change of theme, name, place and state immediately', async () => {
      const other = await world.group({ name: 'Other', under: district });
      await admin
        .patch(`/groups/${school.id}/theme`)
        .send({ colors: { primary: '#333' } })
        .expect(200);
      await admin
        .patch(`/groups/${other.id}/theme`)
        .send({ colors: { primary: '#444' } })
        .expect(200);
      expect((await theme(student, department)).theme.colors.primary).toBe('#333');
      await admin.patch(`/groups/${school.id}`).send({ name: 'Renamed' }).expect(200);
      expect((await theme(student, department)).sources['colors.primary'].groupName).toBe('Renamed');
      await admin.patch(`/groups/${department.id}`).send({ parentId: other.id }).expect(200);
      expect((await theme(student, department)).theme.colors.primary).toBe('#444');
      await admin.delete(`/groups/${department.id}`).expect(204);
      await admin.get(`/groups/${department.id}/theme/resolved`).expect(404);
      await admin.post(`/groups/${department.id}/restore`).expect(200);
      await admin.patch(`/groups/${other.id}/theme`).send({ colors: null }).expect(200);
      expect((await theme(student, department)).theme).toEqual({});
    });

    it('follows changes that another process made', async () => {
      const config = loadConfig(testEnv(app.databaseUrl));
      const second = createContainer({
        config,
        process: 'api',
        logger: createLogger({ service: 'test', level: 'error', format: 'pretty' }),
      });
      await second.start();
      const asked = async () => (await second.groups.reader.resolvedSettings(department.id)).timezone;
      expect(await asked()).toBeUndefined();
      await admin
        .patch(`/groups/${district.id}`)
        .send({ settings: { timezone: 'Asia/Tokyo' } })
        .expect(200);
      for (let i = 0; i < 100 && (await asked()) !== 'Asia/Tokyo'; i += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await asked()).toBe('Asia/Tokyo');
      await second.stop();
    });

    it('answers 401 and 404 as everywhere', async () => {
      await app.anonymous.get(`/groups/${school.id}/theme/resolved`).expect(401);
      await student.get(`/groups/${(await world.group({ under: district })).id}/theme/resolved`).expect(404);
      await admin.get(`/groups/${(await world.group()).id}/theme/resolved`).expect(404);
      await admin.get('/groups/x/theme/resolved').expect(400);
    });
  });

  describe('settings', () => {
    it('inherit, and limits only narrow', async () => {
      await admin
        .patch(`/groups/${district.id}`)
        .send({
          settings: {
            timezone: 'America/Chicago',
            ai: { enabled: true, allowedModels: ['a', 'b'], maxSessionMinutes: 60 },
          },
        })
        .expect(200);
      await admin
        .patch(`/groups/${school.id}`)
        .send({
          settings: { timezone: 'America/Denver', ai: { allowedModels: ['b'], maxSessionMinutes: 30 } },
        })
        .expect(200);
      expect(await settings(department)).toMatchObject({
        settings: {
          timezone: 'America/Denver',
          ai: { enabled: true, allowedModels: ['b'], maxSessionMinutes: 30 },
        },
        sources: {
          timezone: from(school, 'School'),
          'ai.enabled': from(district, 'District'),
          'ai.allowedModels': from(school, 'School'),
        },
      });
      // The district narrows its limit later: the school's value stays, but no longer applies.
      await admin
        .patch(`/groups/${district.id}`)
        .send({ settings: { ai: { maxSessionMinutes: 10 } } })
        .expect(200);
      expect((await settings(department)).settings.ai.maxSessionMinutes).toBe(10);
      expect(
        (await admin.get(`/groups/${school.id}`).expect(200)).body.data.settings.ai.maxSessionMinutes,
      ).toBe(30);
      expect(await app.container.groups.reader.timezoneOf(department.id)).toBe('America/Denver');
      expect(await app.container.groups.reader.timezoneOf((await world.group()).id)).toBe('UTC');
    });

    it('are a merge patch: null removes a key', async () => {
      await admin
        .patch(`/groups/${school.id}`)
        .send({ settings: { locale: 'de-de', ai: { enabled: false, maxSessionMinutes: 5 } } })
        .expect(200);
      const { body } = await admin
        .patch(`/groups/${school.id}`)
        .send({ settings: { ai: { enabled: null } } })
        .expect(200);
      expect(body.data.settings).toEqual({ locale: 'de-DE', ai: { maxSessionMinutes: 5 } });
    });

    it('are refused by name if they are wider than those above, on change, creation and move with change', async () => {
      await admin
        .patch(`/groups/${school.id}`)
        .send({
          settings: { ai: { enabled: false, allowedModels: ['a'] }, privacy: { chatRetentionDays: 30 } },
        })
        .expect(200);
      const wider = { ai: { enabled: true, allowedModels: ['a', 'b'] }, privacy: { chatRetentionDays: 31 } };
      const paths = ['ai.enabled', 'ai.allowedModels', 'privacy.chatRetentionDays'];
      const changed = await admin.patch(`/groups/${department.id}`).send({ settings: wider }).expect(409);
      expect(changed.body.error.details).toEqual({ reason: 'settings.wider_than_parent', paths });
      const created = await admin
        .post('/groups')
        .send({ name: 'X', parentId: school.id, settings: wider })
        .expect(409);
      expect(created.body.error.details.paths).toEqual(paths);
      const free = await world.group({ under: district });
      await admin.patch(`/groups/${free.id}`).send({ settings: wider }).expect(200);
      const before = await admin.get(`/groups/${free.id}`).expect(200);
      await admin
        .patch(`/groups/${free.id}`)
        .send({ parentId: school.id, settings: { locale: 'en' } })
        .expect(409);
      expect((await admin.get(`/groups/${free.id}`)).body).toEqual(before.body);
      // Moving alone is allowed: the narrower value is in force.
      await admin.patch(`/groups/${free.id}`).send({ parentId: school.id }).expect(200);
      expect((await settings(free)).settings.ai).toEqual({ enabled: false, allowedModels: ['a'] });
    });

    it('are readable for people who see the inside of the group', async () => {
      const staff = await app.as((await world.member(school, 'staff')).id);
      await staff.get(`/groups/${department.id}/settings/resolved`).expect(200);
      await staff.get(`/groups/${district.id}/settings/resolved`).expect(403);
      await student.get(`/groups/${department.id}/settings/resolved`).expect(403);
      await student
        .get(`/groups/${(await world.group({ under: district })).id}/settings/resolved`)
        .expect(404);
      await app.anonymous.get(`/groups/${department.id}/settings/resolved`).expect(401);
    });
  });
});
