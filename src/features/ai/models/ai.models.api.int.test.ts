import { newId } from '../../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

describe('/admin/ai-models', () => {
  let app: TestApp;
  let tenantId: string;
  let otherTenantId: string;
  let people: Record<
    'platformAdmin' | 'tenantAdmin' | 'schoolAdmin' | 'teacher' | 'student' | 'foreignAdmin',
    Client
  >;

  beforeAll(async () => {
    app = await createTestApp({
      env: {
        AI_GATEWAY_URL: 'http://127.0.0.1:9',
        AI_DEFAULT_MODEL: 'operator',
        BILLING_CURRENCY: 'SEK',
      },
    });
    const world = new World(app.container);
    const district = await world.group();
    const school = await world.group({ under: district });
    const foreign = await world.group();
    tenantId = district.id;
    otherTenantId = foreign.id;
    const users = {
      platformAdmin: await world.user({ isPlatformAdmin: true }),
      tenantAdmin: await world.member(district, 'admin'),
      schoolAdmin: await world.member(school, 'admin'),
      teacher: await world.member(school, 'teacher'),
      student: await world.member(school, 'student'),
      foreignAdmin: await world.member(foreign, 'admin'),
    };
    people = Object.fromEntries(
      await Promise.all(Object.entries(users).map(async ([name, { id }]) => [name, await app.as(id)])),
    ) as typeof people;
  });
  afterAll(() => app.close());

  let counter = 0;
  const name = () => {
    counter += 1;
    return `model-${counter}`;
  };
  const create = (client: Client, body: Record<string, unknown>) =>
    client.post('/admin/ai-models').send({ name: name(), ...body });
  const choice = async (tenant: string, wanted: string | null) =>
    (await app.container.ai.models.choose({ tenantId: tenant, wanted })).map((model) => model.name);

  it('lets platform admins add models for everybody, and admins of a root for their tenant', async () => {
    const global = await create(people.platformAdmin, { inputPriceMicros: 150_000, fallbacks: ['x'] });
    expect(global.status).toBe(201);
    expect(global.body.data).toMatchObject({
      tenantId: null,
      enabled: true,
      isDefault: false,
      maxOutputTokens: 2048,
      inputPriceMicros: 150_000,
      currency: 'SEK',
      fallbacks: ['x'],
      can: { update: true, delete: true },
    });
    expect(global.headers.location).toBe(`/api/v1/admin/ai-models/${global.body.data.id}`);
    const own = await create(people.tenantAdmin, {});
    expect(own.body.data.tenantId).toBe(tenantId);
    const named = await create(people.platformAdmin, { tenantId });
    expect(named.body.data.tenantId).toBe(tenantId);
  });

  it('refuses all other callers', async () => {
    for (const who of ['schoolAdmin', 'teacher', 'student'] as const)
      expect([who, (await create(people[who], {})).status]).toEqual([who, 403]);
    expect((await create(people.tenantAdmin, { tenantId: null })).status).toBe(403);
    expect((await create(people.tenantAdmin, { tenantId: otherTenantId })).status).toBe(404);
    expect((await create(people.platformAdmin, { tenantId: newId() })).status).toBe(404);
    expect((await app.anonymous.post('/admin/ai-models').send({ name: 'x' })).status).toBe(401);
    expect((await app.anonymous.get('/admin/ai-models')).status).toBe(401);
    expect((await people.student.get('/admin/ai-models')).status).toBe(403);
  });

  it('shows the platform’s and the tenant’s own, by both pagings', async () => {
    const foreign = (await create(people.foreignAdmin, {})).body.data;
    const global = (await create(people.platformAdmin, {})).body.data;
    const idsFor = async (client: Client) =>
      (await client.get('/admin/ai-models?limit=100')).body.data.map((model: { id: string }) => model.id);
    for (const who of ['tenantAdmin', 'schoolAdmin', 'teacher'] as const) {
      const ids = await idsFor(people[who]);
      expect(ids).toContain(global.id);
      expect(ids).not.toContain(foreign.id);
    }
    expect(await idsFor(people.platformAdmin)).toEqual(expect.arrayContaining([global.id, foreign.id]));
    const first = (await people.tenantAdmin.get('/admin/ai-models?cursor=&limit=1')).body;
    expect(first.meta.pagination.nextCursor).toEqual(expect.any(String));
    const seen = (await people.teacher.get('/admin/ai-models')).body.data;
    expect(
      seen.every((model: { can: object }) => JSON.stringify(model.can) === '{"update":false,"delete":false}'),
    ).toBe(true);
  });

  it('lets people who manage models change them, by revision', async () => {
    const { data } = (await create(people.tenantAdmin, {})).body;
    const path = `/admin/ai-models/${data.id}`;
    const changed = await people.tenantAdmin
      .patch(path)
      .set('If-Match', '"1"')
      .send({ displayName: 'Better', enabled: false });
    expect(changed.body.data).toMatchObject({ displayName: 'Better', enabled: false, name: data.name });
    expect((await people.tenantAdmin.patch(path).set('If-Match', '"1"').send({ enabled: true })).status).toBe(
      412,
    );
    expect((await people.teacher.patch(path).send({ enabled: true })).status).toBe(403);
    expect((await people.foreignAdmin.patch(path).send({ enabled: true })).status).toBe(404);
    expect((await people.student.patch(path).send({ enabled: true })).status).toBe(404);
    expect(
      (await people.tenantAdmin.patch(`/admin/ai-models/${newId()}`).send({ enabled: true })).status,
    ).toBe(404);
    for (const body of [
      {},
      { odd: 1 },
      { maxOutputTokens: 0 },
      { fallbacks: ['a', 'b', 'c', 'd', 'e', 'f'] },
      { inputPriceMicros: 1.5 },
    ]) {
      expect((await people.tenantAdmin.patch(path).send(body)).status).toBe(400);
    }
    const global = (await create(people.platformAdmin, {})).body.data;
    expect(
      (await people.tenantAdmin.patch(`/admin/ai-models/${global.id}`).send({ enabled: false })).status,
    ).toBe(403);
  });

  it('says which parameters a model accepts, as far as they are declared', async () => {
    const parameters = {
      outputLimit: 'max_completion_tokens',
      instructions: 'first_message',
      temperature: 0.2,
    };
    const { data } = (await create(people.tenantAdmin, { parameters })).body;
    expect(data.parameters).toEqual(parameters);
    expect((await create(people.tenantAdmin, {})).body.data.parameters).toEqual({});
    const path = `/admin/ai-models/${data.id}`;
    const kept = await people.tenantAdmin.patch(path).send({ displayName: 'Kept' });
    expect(kept.body.data.parameters).toEqual(parameters);
    const changed = await people.tenantAdmin
      .patch(path)
      .send({ parameters: { responseFormat: 'json_object', streamUsage: false } });
    expect(changed.body.data.parameters).toEqual({ responseFormat: 'json_object', streamUsage: false });
    for (const wrong of [{ outputLimit: 'tokens' }, { temperature: 3 }, { odd: 1 }, 'none'])
      expect((await people.tenantAdmin.patch(path).send({ parameters: wrong })).status).toBe(400);
  });

  it('has names once a tenant, and one default that can be used', async () => {
    const { data } = (await create(people.tenantAdmin, { isDefault: true })).body;
    const taken = await create(people.tenantAdmin, { name: data.name });
    expect([taken.status, taken.body.error.details.reason]).toEqual([409, 'model.name_taken']);
    expect((await create(people.foreignAdmin, { name: data.name })).status).toBe(201);
    const off = await people.tenantAdmin.patch(`/admin/ai-models/${data.id}`).send({ enabled: false });
    expect([off.status, off.body.error.details.reason]).toEqual([409, 'model.disabled_default']);
    const next = (await create(people.tenantAdmin, { isDefault: true })).body.data;
    const list = (await people.tenantAdmin.get('/admin/ai-models?limit=100')).body.data;
    expect(
      list
        .filter(
          (model: { isDefault: boolean; tenantId: string }) => model.isDefault && model.tenantId === tenantId,
        )
        .map((model: { id: string }) => model.id),
    ).toEqual([next.id]);
    const racing = await Promise.all(
      Array.from({ length: 6 }, () => create(people.tenantAdmin, { isDefault: true })),
    );
    expect(racing.every((answer) => [201, 409].includes(answer.status))).toBe(true);
  });

  it('takes effect immediately in the choice of models', async () => {
    const world = new World(app.container);
    const fresh = await world.group();
    const admin = await app.as((await world.member(fresh, 'admin')).id);
    const mine = (await create(admin, { isDefault: true })).body.data;
    expect(await choice(fresh.id, null)).toEqual([mine.name]);
    expect(await choice(fresh.id, 'unlisted')).toEqual([]);
    const second = (await create(admin, { fallbacks: [mine.name] })).body.data;
    expect(await choice(fresh.id, second.name)).toEqual([second.name, mine.name]);
    await admin.patch(`/admin/ai-models/${second.id}`).send({ enabled: false });
    expect(await choice(fresh.id, second.name)).toEqual([mine.name]);
    expect((await admin.delete(`/admin/ai-models/${mine.id}`)).status).toBe(204);
    expect(await choice(fresh.id, null)).toEqual(['operator']);
    expect((await admin.delete(`/admin/ai-models/${mine.id}`)).status).toBe(404);
  });

  it('asks only the demo model if no AI service is connected', async () => {
    const demo = await createTestApp();
    try {
      expect(demo.container.ai.isDemo).toBe(true);
      expect(await demo.container.ai.models.choose({ tenantId: newId(), wanted: null })).toMatchObject([
        { name: 'demo-tutor' },
      ]);
      expect(await demo.container.ai.models.choose({ tenantId: newId(), wanted: 'gpt' })).toEqual([]);
    } finally {
      await demo.close();
    }
  });
});
