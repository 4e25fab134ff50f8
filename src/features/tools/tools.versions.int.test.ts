import { sql } from '../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const chat = { name: 'Partner', version: '1.0', type: 'chat', behavior: 'SECRET one' };

describe('versions of a tool', () => {
  let app: TestApp;
  let world: World;
  let school: { id: string; tenantId: string; path: string };
  let author: Client;
  let colleague: Client;
  let stranger: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    school = await world.group();
    author = await app.as((await world.member(school, 'teacher')).id);
    colleague = await app.as((await world.member(school, 'teacher')).id);
    stranger = await app.as((await world.member(await world.group(), 'teacher')).id);
  });
  afterAll(() => app.close());

  const create = async (): Promise<string> => {
    const { body } = await author
      .post('/tools')
      .send({ groupId: school.id, visibility: 'group', definition: chat });
    await author.post(`/tools/${body.data.id}/publish`).send({});
    return body.data.id;
  };
  const next = (id: string, change: object) =>
    author.patch(`/tools/${id}`).send({ definition: { ...chat, ...change } });

  it('are listed, read and compared, without secrets for people who only see the tool', async () => {
    const id = await create();
    await next(id, { behavior: 'SECRET two', name: 'Other' });
    await next(id, { behavior: 'SECRET three', name: 'Other', model: 'demo-tutor' });

    const list = await author.get(`/tools/${id}/versions`);
    expect(
      list.body.data.map((each: { version: number; isCurrent: boolean }) => [each.version, each.isCurrent]),
    ).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(list.body.data[0].contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(
      (await author.get(`/tools/${id}/versions?sort=version&cursor=&limit=1`)).body.data[0].version,
    ).toBe(1);
    expect((await author.get(`/tools/${id}/versions/2`)).body.data.definition.behavior).toBe('SECRET two');

    const diff = (client: Client) => client.get(`/tools/${id}/versions/1/diff/3`);
    expect((await diff(author)).body.data.changes).toEqual([
      { path: '/name', op: 'changed', from: 'Partner', to: 'Other' },
      { path: '/behavior', op: 'changed', from: 'SECRET one', to: 'SECRET three' },
      { path: '/model', op: 'added', to: 'demo-tutor' },
    ]);
    expect((await diff(colleague)).body.data.changes.map((change: { path: string }) => change.path)).toEqual([
      '/name',
      '/model',
    ]);

    for (const path of ['', '/2', '/1/diff/3']) {
      const seen = await colleague.get(`/tools/${id}/versions${path}`);
      expect(seen.status).toBe(200);
      expect(seen.text).not.toContain('SECRET');
      expect((await stranger.get(`/tools/${id}/versions${path}`)).status).toBe(404);
      expect((await app.anonymous.get(`/tools/${id}/versions${path}`)).status).toBe(401);
    }
    expect((await colleague.get(`/tools/${id}/versions`)).body.data[0].contentHash).toBeNull();
    for (const path of ['/9', '/1/diff/9'])
      expect((await author.get(`/tools/${id}/versions${path}`)).status).toBe(404);
    for (const path of ['/0', '/x', '/1/diff/99999999999'])
      expect((await author.get(`/tools/${id}/versions${path}`)).status).toBe(400);
  });

  it('are gone back to by a new one', async () => {
    const id = await create();
    await next(id, { name: 'Two' });
    const back = await author.post(`/tools/${id}/rollback`).set('If-Match', '"2"').send({ version: 1 });
    expect(back.status).toBe(200);
    expect(back.body.data).toMatchObject({ version: 3, name: 'Partner', definition: chat });
    expect((await author.post(`/tools/${id}/rollback`).send({ version: 3 })).body.data.version).toBe(3);
    expect(
      (await author.post(`/tools/${id}/rollback`).set('If-Match', '"2"').send({ version: 2 })).status,
    ).toBe(412);
    expect((await author.post(`/tools/${id}/rollback`).send({ version: 9 })).status).toBe(404);
    expect((await author.post(`/tools/${id}/rollback`).send({ version: 0 })).status).toBe(400);
    expect((await colleague.post(`/tools/${id}/rollback`).send({ version: 2 })).status).toBe(403);
    expect((await stranger.post(`/tools/${id}/rollback`).send({ version: 2 })).status).toBe(404);
    expect((await app.anonymous.post(`/tools/${id}/rollback`).send({ version: 2 })).status).toBe(401);
  });

  it('cannot be changed, not even in the database', async () => {
    const id = await create();
    const { db } = app.container.platform;
    await expect(
      db.execute(sql`UPDATE tool_versions SET definition = '{}' WHERE tool_id = ${id}::uuid`),
    ).rejects.toThrow(/immutable/);
    await expect(db.execute(sql`DELETE FROM tool_versions WHERE tool_id = ${id}::uuid`)).rejects.toThrow(
      /immutable/,
    );
  });

  it('have one winner each among 100 writers who saw the same', async () => {
    const id = await create();
    for (let round = 1; round <= 3; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, writer) =>
          author
            .patch(`/tools/${id}`)
            .set('If-Match', `"${round}"`)
            .send({ definition: { ...chat, name: `Round ${round} writer ${writer}` } }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(99);
      const [winner] = answers.filter(({ status }) => status === 200);
      expect((await author.get(`/tools/${id}`)).body.data).toMatchObject({
        version: round + 1,
        name: winner?.body.data.name,
      });
    }
    await expectGapless(id, 4);
  });

  it('have no gaps when 50 writers ask for nothing in particular', async () => {
    const id = await create();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, writer) => next(id, { name: `Writer ${writer}` })),
    );
    const won = answers.filter(({ status }) => status === 200).length;
    // On a very slow machine, the last in the queue may get a 503, with nothing written.
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(50 - won);
    expect(won).toBeGreaterThan(10);
    await expectGapless(id, won + 1);
  });

  async function expectGapless(id: string, count: number): Promise<void> {
    const rows = await app.container.platform.db.prisma.toolVersion.findMany({
      where: { toolId: id },
      orderBy: { version: 'asc' },
    });
    expect(rows.map((row) => row.version)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  }
});
