import { GROUP_ROLES } from '../../authz/access';
import { loadConfig } from '../../config/config';
import { createContainer } from '../../container';
import { createLogger } from '../../platform/logging/logger';
import { type Client, createTestApp, type TestApp, testEnv } from '../../testing/app';
import { World } from '../../testing/world';

type Place = Awaited<ReturnType<World['group']>>;
const RELATIONS = ['own', 'below', 'above', 'sibling', 'other tenant'] as const;
type Relation = (typeof RELATIONS)[number];

const ACTIONS: Record<string, (client: Client, id: string) => PromiseLike<{ status: number }>> = {
  'read the group': (client, id) => client.get(`/groups/${id}`),
  'list its children': (client, id) => client.get(`/groups/${id}/children`),
  'list its descendants': (client, id) => client.get(`/groups/${id}/descendants`),
  'list its ancestors': (client, id) => client.get(`/groups/${id}/ancestors`),
  'read its theme': (client, id) => client.get(`/groups/${id}/theme/resolved`),
  'read its settings': (client, id) => client.get(`/groups/${id}/settings/resolved`),
  'list its members': (client, id) => client.get(`/groups/${id}/members`),
  'rename it': (client, id) => client.patch(`/groups/${id}`).send({ kind: 'group' }),
  'change its theme': (client, id) => client.patch(`/groups/${id}/theme`).send({}),
  'make a group below': (client, id) => client.post('/groups').send({ name: 'New', parentId: id }),
  'remove a member': (client, id) =>
    client.delete(`/groups/${id}/members/0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d`),
  'restore it': (client, id) => client.post(`/groups/${id}/restore`),
};
const KNOW = [
  'read the group',
  'list its children',
  'list its descendants',
  'list its ancestors',
  'read its theme',
];
const VIEW = ['read its settings', 'list its members'];

/** The expected answer: what the role gives at that relation. */
function expected(
  role: (typeof GROUP_ROLES)[number] | 'platform admin',
  relation: Relation,
  action: string,
): number {
  const reaches = role === 'platform admin' || relation === 'own' || relation === 'below';
  const knows =
    role === 'platform admin' ||
    relation === 'own' ||
    relation === 'above' ||
    (relation === 'below' && ['admin', 'teacher', 'staff'].includes(role));
  const views = reaches && ['platform admin', 'admin', 'teacher', 'staff'].includes(role);
  const manages = reaches && ['platform admin', 'admin'].includes(role);
  const may = KNOW.includes(action) ? knows : VIEW.includes(action) ? views : manages;
  if (!knows) return 404;
  if (!may) return 403;
  if (action === 'remove a member') return 404;
  return action === 'make a group below' ? 201 : 200;
}

describe('who may do what to a group', () => {
  let app: TestApp;
  let world: World;
  const places = {} as Record<Relation, Place>;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    places.above = await world.group();
    places.own = await world.group({ under: places.above });
    places.below = await world.group({ under: places.own });
    places.sibling = await world.group({ under: places.above });
    places['other tenant'] = await world.group();
  });
  afterAll(() => app.close());

  describe.each([...GROUP_ROLES, 'platform admin'] as const)('a %s', (role) => {
    let client: Client;
    beforeAll(async () => {
      const { id } =
        role === 'platform admin'
          ? await world.user({ isPlatformAdmin: true })
          : await world.member(places.own, role);
      client = await app.as(id);
    });

    it.each(RELATIONS)('of a group, towards one that is: %s', async (relation) => {
      for (const [action, send] of Object.entries(ACTIONS)) {
        const { status } = await send(client, places[relation].id);
        expect([action, status]).toEqual([action, expected(role, relation, action)]);
      }
    });
  });

  it('refuses callers who are not signed in', async () => {
    for (const send of Object.values(ACTIONS))
      expect((await send(app.anonymous, places.own.id)).status).toBe(401);
  });

  it('shows a person who only belongs to a class its group and the groups above', async () => {
    const schoolClass = await world.class(places.own);
    const client = await app.as((await world.classMember(schoolClass, 'student')).id);
    await client.get(`/groups/${places.own.id}`).expect(200);
    await client.get(`/groups/${places.above.id}`).expect(200);
    await client.get(`/groups/${places.below.id}`).expect(404);
  });

  it('applies a role that another process has changed at the next request', async () => {
    const member = await world.member(places.own, 'admin');
    const client = await app.as(member.id);
    await client.get(`/groups/${places.own.id}/members`).expect(200);
    const second = createContainer({
      config: loadConfig(testEnv(app.databaseUrl)),
      process: 'api',
      logger: createLogger({ service: 'test', level: 'error', format: 'pretty' }),
    });
    await second.start();
    const asOther = async () =>
      second.access.findPrincipal(member.id, { sessionId: null, kind: 'system', scopes: null });
    const other = await asOther();
    expect(other?.access.adminPaths).toEqual([places.own.path]);
    // The change is made in the second process, while this one has the old role cached.
    const operator = await second.access.findPrincipal((await world.user({ isPlatformAdmin: true })).id, {
      sessionId: null,
      kind: 'system',
      scopes: null,
    });
    await second.groups.members.changeRole(operator!, places.own.id, member.id, 'student');
    let status = 200;
    for (let i = 0; i < 100 && status === 200; i += 1)
      status = (await client.get(`/groups/${places.own.id}/members`)).status;
    expect(status).toBe(403);
    expect((await asOther())?.access.adminPaths).toEqual([]);
    // And the other way round.
    const platform = await app.as(operator!.userId);
    await platform.patch(`/groups/${places.own.id}/members/${member.id}`).send({ role: 'admin' }).expect(200);
    for (let i = 0; i < 100 && (await asOther())?.access.adminPaths.length === 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await asOther())?.access.adminPaths).toEqual([places.own.path]);
    await second.stop();
  });
});
