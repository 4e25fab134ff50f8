import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';

describe('groups', () => {
  let app: TestApp;
  let world: World;
  let district: Awaited<ReturnType<World['group']>>;
  let school: typeof district;
  let department: typeof district;
  let otherSchool: typeof district;
  let foreign: typeof district;
  let platform: Client;
  let admin: Client;
  let schoolAdmin: Client;
  let student: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group({ name: 'District', kind: 'district' });
    school = await world.group({ name: 'Adams School', kind: 'school', under: district });
    department = await world.group({ name: 'Math', kind: 'department', under: school });
    otherSchool = await world.group({ name: 'Baker School', kind: 'school', under: district });
    foreign = await world.group({ name: 'Elsewhere' });
    platform = await app.as((await world.user({ isPlatformAdmin: true })).id);
    admin = await app.as((await world.member(district, 'admin')).id);
    schoolAdmin = await app.as((await world.member(school, 'admin')).id);
    student = await app.as((await world.member(department, 'student')).id);
  });
  afterAll(() => app.close());

  describe('GET /groups/:id', () => {
    it('shows a group with its links and what the caller may do, and never its path', async () => {
      const { body, headers } = await schoolAdmin.get(`/groups/${school.id}`).expect(200);
      expect(body.data).toMatchObject({
        id: school.id,
        parentId: district.id,
        tenantId: district.id,
        kind: 'school',
        name: 'Adams School',
        depth: 1,
        theme: {},
        settings: {},
        archivedAt: null,
        can: {
          update: true,
          move: true,
          archive: true,
          restore: false,
          createGroup: true,
          listMembers: true,
          manageMembers: true,
        },
      });
      expect(body.data.links).toMatchObject({
        self: `/api/v1/groups/${school.id}`,
        parent: `/api/v1/groups/${district.id}`,
      });
      expect(JSON.stringify(body)).not.toContain(school.path);
      expect(headers.etag).toMatch(/^"1-/);
    });

    it('answers 304 to the ETag it gave', async () => {
      const { headers } = await admin.get(`/groups/${school.id}`).expect(200);
      await admin
        .get(`/groups/${school.id}`)
        .set('If-None-Match', headers.etag as string)
        .expect(304);
    });

    it('shows students the name and theme of their groups and those above, without settings', async () => {
      for (const { id } of [department, school, district]) {
        const { body } = await student.get(`/groups/${id}`).expect(200);
        expect(body.data).not.toHaveProperty('settings');
        expect(body.data.theme).toEqual({});
        expect(Object.values(body.data.can)).toEqual(Array(9).fill(false));
      }
      await student.get(`/groups/${otherSchool.id}`).expect(404);
    });

    it('answers 404 for missing groups and those of another tenant, 400 for an invalid id, 401 without a sign-in', async () => {
      for (const id of [MISSING, foreign.id]) {
        const { body } = await admin.get(`/groups/${id}`).expect(404);
        expect(body.error.details.reason).toBe('group.not_found');
      }
      await admin.get('/groups/not-an-id').expect(400);
      await app.anonymous.get(`/groups/${school.id}`).expect(401);
    });
  });

  describe('GET /groups', () => {
    const names = (response: { body: { data: { name: string }[] } }) =>
      response.body.data.map((group) => group.name);

    it('lists what the caller knows', async () => {
      expect(names(await admin.get('/groups').expect(200))).toEqual([
        'Adams School',
        'Baker School',
        'District',
        'Math',
      ]);
      expect(names(await schoolAdmin.get('/groups').expect(200))).toEqual([
        'Adams School',
        'District',
        'Math',
      ]);
      expect(names(await student.get('/groups').expect(200))).toEqual(['Adams School', 'District', 'Math']);
      expect(names(await platform.get('/groups?q=elsewhere').expect(200))).toEqual(['Elsewhere']);
      await app.anonymous.get('/groups').expect(401);
    });

    it('lists nothing for a person without any group', async () => {
      const lone = await app.as((await world.user()).id);
      expect(names(await lone.get('/groups').expect(200))).toEqual([]);
    });

    it('filters and sorts', async () => {
      expect(names(await admin.get('/groups?kind=school&sort=-name').expect(200))).toEqual([
        'Baker School',
        'Adams School',
      ]);
      expect(names(await admin.get(`/groups?parentId=${district.id}&q=BAK`).expect(200))).toEqual([
        'Baker School',
      ]);
      expect(names(await admin.get('/groups?parentId=root').expect(200))).toEqual(['District']);
      expect(names(await admin.get('/groups?q=%25').expect(200))).toEqual([]);
      expect(names(await admin.get('/groups?updatedSince=2100-01-01T00:00:00Z').expect(200))).toEqual([]);
      expect(names(await admin.get('/groups?sort=createdAt').expect(200))).toEqual([
        'District',
        'Adams School',
        'Math',
        'Baker School',
      ]);
    });

    it('pages by number and by cursor', async () => {
      const second = await admin.get('/groups?limit=3&page=2').expect(200);
      expect(names(second)).toEqual(['Math']);
      expect(second.body.meta.pagination).toEqual({ page: 2, limit: 3, total: 4, totalPages: 2 });
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const answer: Awaited<ReturnType<Client['get']>> = await admin
          .get(`/groups?limit=3&sort=-updatedAt&cursor=${cursor}`)
          .expect(200);
        seen.push(...names(answer));
        cursor = answer.body.meta.pagination.nextCursor;
      }
      expect(seen.sort()).toEqual(['Adams School', 'Baker School', 'District', 'Math']);
    });

    it.each([
      'limit=0',
      'limit=101',
      'page=0',
      'page=1&cursor=',
      'sort=path',
      'kind=galaxy',
      'parentId=x',
      'unknown=1',
      'cursor=xyz',
    ])('refuses ?%s', async (query) => {
      await admin.get(`/groups?${query}`).expect(400);
    });

    it('refuses invented cursors, whatever is in them', async () => {
      const forged = (name: string, key: string) =>
        Buffer.from(JSON.stringify([name, key, MISSING])).toString('base64url');
      await admin.get(`/groups?sort=updatedAt&cursor=${forged('updatedAt', 'yesterday-ish')}`).expect(400);
      await admin
        .get(`/groups?sort=updatedAt&cursor=${forged('updatedAt', '2026-02-31 00:00:00+00')}`)
        .expect(400);
      await admin.get(`/groups/${district.id}/descendants?cursor=${forged('path', 'a..b c')}`).expect(400);
      await admin
        .get(`/groups/${department.id}/ancestors?cursor=${forged('depth', '99999999999')}`)
        .expect(400);
    });
  });

  describe('POST /groups', () => {
    it('makes a group below another', async () => {
      const { body, headers } = await schoolAdmin
        .post('/groups')
        .send({
          name: ' Science ',
          parentId: school.id,
          kind: 'department',
          theme: { colors: { primary: '#123' } },
          settings: { timezone: 'Europe/Berlin' },
        })
        .expect(201);
      expect(headers.location).toBe(`/api/v1/groups/${body.data.id}`);
      expect(body.data).toMatchObject({
        name: 'Science',
        parentId: school.id,
        tenantId: district.id,
        depth: 2,
        kind: 'department',
        can: { update: true },
      });
      await schoolAdmin.get(`/groups/${body.data.id}`).expect(200, body);
      await schoolAdmin.delete(`/groups/${body.data.id}`).expect(204);
    });

    it('makes one group for one Idempotency-Key', async () => {
      const send = () =>
        admin
          .post('/groups')
          .set('Idempotency-Key', 'once-only')
          .send({ name: 'Once', parentId: otherSchool.id });
      const first = await send().expect(201);
      const second = await send().expect(201);
      expect(second.body).toEqual(first.body);
      const children = await admin.get(`/groups/${otherSchool.id}/children`).expect(200);
      expect(children.body.data).toHaveLength(1);
      await admin.delete(`/groups/${first.body.data.id}`).expect(204);
    });

    it('lets only platform admins create root groups', async () => {
      const { body } = await platform.post('/groups').send({ name: 'New District' }).expect(201);
      expect(body.data).toMatchObject({ parentId: null, tenantId: body.data.id, kind: 'district', depth: 0 });
      const refused = await admin.post('/groups').send({ name: 'Mine' }).expect(403);
      expect(refused.body.error.details.reason).toBe('group.root');
    });

    it('refuses parents that the caller does not manage', async () => {
      await schoolAdmin.post('/groups').send({ name: 'X', parentId: district.id }).expect(403);
      await schoolAdmin.post('/groups').send({ name: 'X', parentId: otherSchool.id }).expect(404);
      await admin.post('/groups').send({ name: 'X', parentId: foreign.id }).expect(404);
      await student.post('/groups').send({ name: 'X', parentId: department.id }).expect(403);
      await app.anonymous.post('/groups').send({ name: 'X', parentId: school.id }).expect(401);
    });

    it.each([
      [{}, 'body.name'],
      [{ name: '' }, 'body.name'],
      [{ name: 'x'.repeat(101) }, 'body.name'],
      [{ name: 'a\0b' }, 'body.name'],
      [{ name: 'X', kind: 'planet' }, 'body.kind'],
      [{ name: 'X', path: 'a.b' }, 'body.path'],
      [{ name: 'X', tenantId: MISSING }, 'body.tenantId'],
      [{ name: 'X', settings: { timezone: 'Mars/Olympus' } }, 'body.settings.timezone'],
      [{ name: 'X', settings: { timezone: '+02:00' } }, 'body.settings.timezone'],
      [{ name: 'X', settings: { ai: { enabled: null } } }, 'body.settings.ai.enabled'],
      [{ name: 'X', theme: { colors: { primary: 'red' } } }, 'body.theme.colors.primary'],
      [{ name: 'X', theme: { logo: { url: 'javascript:alert(1)' } } }, 'body.theme.logo.url'],
    ])('refuses %j', async (values, path) => {
      const { body } = await admin
        .post('/groups')
        .send({ parentId: school.id, ...values })
        .expect(400);
      expect(body.error.details.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    });

    it('stops at a depth of 32', async () => {
      let parent = (await platform.post('/groups').send({ name: 'Deep' }).expect(201)).body.data.id as string;
      for (let depth = 1; depth < 32; depth += 1) {
        parent = (
          await platform
            .post('/groups')
            .send({ name: `Level ${depth}`, parentId: parent })
            .expect(201)
        ).body.data.id;
      }
      const { body } = await platform
        .post('/groups')
        .send({ name: 'Too deep', parentId: parent })
        .expect(409);
      expect(body.error.details.reason).toBe('group.too_deep');
      const { body: list } = await platform.get(`/groups/${parent}/ancestors?limit=100`).expect(200);
      expect(list.data.map((group: { depth: number }) => group.depth)).toEqual(
        Array.from({ length: 31 }, (_, i) => i),
      );
    });
  });

  describe('PATCH /groups/:id', () => {
    it('renames without touching the place in the tree', async () => {
      const before = await admin.get(`/groups/${department.id}`).expect(200);
      const { body } = await schoolAdmin
        .patch(`/groups/${department.id}`)
        .send({ name: 'Mathematics', kind: 'program' })
        .expect(200);
      expect(body.data).toMatchObject({ name: 'Mathematics', kind: 'program', parentId: school.id });
      const row = await app.container.groups.reader.findLiving(department.id);
      expect(row?.path).toBe(department.path);
      expect(before.headers.etag).not.toBe((await admin.get(`/groups/${department.id}`)).headers.etag);
      await schoolAdmin
        .patch(`/groups/${department.id}`)
        .send({ name: 'Math', kind: 'department' })
        .expect(200);
    });

    it('accepts a change only for the revision that the client saw', async () => {
      const { headers } = await admin.get(`/groups/${otherSchool.id}`).expect(200);
      await admin
        .patch(`/groups/${otherSchool.id}`)
        .set('If-Match', headers.etag as string)
        .send({ name: 'Baker' })
        .expect(200);
      const { body } = await admin
        .patch(`/groups/${otherSchool.id}`)
        .set('If-Match', headers.etag as string)
        .send({ name: 'Lost' })
        .expect(412);
      expect(body.error.code).toBe('PRECONDITION_FAILED');
      await admin
        .patch(`/groups/${otherSchool.id}`)
        .set('If-Match', headers.etag as string)
        .send({ parentId: school.id })
        .expect(412);
      await admin
        .patch(`/groups/${otherSchool.id}`)
        .set('If-Match', '*')
        .send({ name: 'Baker School' })
        .expect(200);
    });

    it('lets one of many writers with the same revision win', async () => {
      const { headers } = await admin.get(`/groups/${otherSchool.id}`).expect(200);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          admin
            .patch(`/groups/${otherSchool.id}`)
            .set('If-Match', headers.etag as string)
            .send({ name: `Writer ${i}` }),
        ),
      );
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
        200,
        ...Array(19).fill(412),
      ]);
      await admin.patch(`/groups/${otherSchool.id}`).send({ name: 'Baker School' }).expect(200);
    });

    it('answers 400, 401, 403 and 404 as everywhere', async () => {
      await schoolAdmin.patch(`/groups/${school.id}`).send({ parentId: null }).expect(400);
      await schoolAdmin.patch(`/groups/${school.id}`).send({ tenantId: foreign.id }).expect(400);
      await schoolAdmin.patch(`/groups/${school.id}`).send([]).expect(400);
      await app.anonymous.patch(`/groups/${school.id}`).send({ name: 'X' }).expect(401);
      await schoolAdmin.patch(`/groups/${district.id}`).send({ name: 'X' }).expect(403);
      await student.patch(`/groups/${department.id}`).send({ name: 'X' }).expect(403);
      await schoolAdmin.patch(`/groups/${otherSchool.id}`).send({ name: 'X' }).expect(404);
      await admin.patch(`/groups/${foreign.id}`).send({ name: 'X' }).expect(404);
    });

    it('writes who changed what into the audit trail', async () => {
      await admin
        .patch(`/groups/${school.id}`)
        .send({ name: 'Adams School', settings: { locale: 'de' } })
        .expect(200);
      const event = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'group.updated', subjectId: school.id },
        orderBy: { seq: 'desc' },
      });
      expect(event).toMatchObject({
        tenantId: district.id,
        details: { fields: ['name', 'settings'] },
        actorKind: 'user',
      });
    });
  });

  describe('the groups around a group', () => {
    const names = (response: { body: { data: { name: string }[] } }) =>
      response.body.data.map((group) => group.name);

    it('are its children, its descendants in tree order, and its ancestors from the root down', async () => {
      expect(names(await admin.get(`/groups/${district.id}/children`).expect(200))).toEqual([
        'Adams School',
        'Baker School',
      ]);
      expect(names(await admin.get(`/groups/${district.id}/descendants`).expect(200))).toEqual([
        'Adams School',
        'Math',
        'Baker School',
      ]);
      expect(
        names(await admin.get(`/groups/${district.id}/descendants?kind=school&sort=-name`).expect(200)),
      ).toEqual(['Baker School', 'Adams School']);
      expect(names(await student.get(`/groups/${department.id}/ancestors`).expect(200))).toEqual([
        'District',
        'Adams School',
      ]);
      expect(names(await admin.get(`/groups/${department.id}/descendants`).expect(200))).toEqual([]);
      expect(names(await admin.get(`/groups/${district.id}/ancestors`).expect(200))).toEqual([]);
    });

    it('are paged by cursor', async () => {
      const first = await admin.get(`/groups/${district.id}/descendants?limit=2&cursor=`).expect(200);
      const second = await admin
        .get(`/groups/${district.id}/descendants?limit=2&cursor=${first.body.meta.pagination.nextCursor}`)
        .expect(200);
      expect([...names(first), ...names(second)]).toEqual(['Adams School', 'Math', 'Baker School']);
      expect(second.body.meta.pagination).toEqual({ limit: 2, nextCursor: null });
    });

    it('hold only what the caller knows', async () => {
      expect(names(await student.get(`/groups/${district.id}/children`).expect(200))).toEqual([
        'Adams School',
      ]);
      expect(names(await student.get(`/groups/${district.id}/descendants`).expect(200))).toEqual([
        'Adams School',
        'Math',
      ]);
    });

    it.each(['children', 'descendants', 'ancestors'])(
      '%s: 404 for what the caller does not know, 401 for nobody',
      async (list) => {
        await student.get(`/groups/${otherSchool.id}/${list}`).expect(404);
        await admin.get(`/groups/${foreign.id}/${list}?cursor=`).expect(404);
        await admin.get(`/groups/${MISSING}/${list}`).expect(404);
        await admin.get(`/groups/${district.id}/${list}?limit=1000`).expect(400);
        await app.anonymous.get(`/groups/${district.id}/${list}`).expect(401);
      },
    );
  });
});
