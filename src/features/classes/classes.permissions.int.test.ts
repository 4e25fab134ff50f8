import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import { loadConfig } from '../../config/config';
import { createContainer } from '../../container';
import { createLogger } from '../../platform/logging/logger';
import { type Client, createTestApp, type TestApp, testEnv } from '../../testing/app';
import { World } from '../../testing/world';

const NOBODY = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type SchoolClass = Awaited<ReturnType<World['class']>>;
/** The place of the class, seen from the group of the role. */
const RELATIONS = ['own', 'below', 'above', 'sibling', 'other tenant'] as const;
type Relation = (typeof RELATIONS)[number];

const ACTIONS: Record<string, (client: Client, schoolClass: SchoolClass) => PromiseLike<{ status: number }>> =
  {
    'read the class': (client, { id }) => client.get(`/classes/${id}`),
    'read its roster': (client, { id }) => client.get(`/classes/${id}/roster`),
    'change it': (client, { id }) => client.patch(`/classes/${id}`).send({ subject: 'Math' }),
    'add a member': (client, { id }) =>
      client.post(`/classes/${id}/members`).send({ userId: NOBODY, role: 'student' }),
    'change a role': (client, { id }) =>
      client.patch(`/classes/${id}/members/${NOBODY}`).send({ role: 'student' }),
    'remove a member': (client, { id }) => client.delete(`/classes/${id}/members/${NOBODY}`),
    'restore it': (client, { id }) => client.post(`/classes/${id}/restore`),
  };
const READS = ['read the class', 'read its roster'];
/** Actions on a person who does not exist, so that nothing happens. */
const IN_VAIN = ['add a member', 'change a role', 'remove a member'];

function expected(knows: boolean, manages: boolean, action: string): number {
  if (!knows) return 404;
  if (READS.includes(action)) return 200;
  if (!manages) return 403;
  return IN_VAIN.includes(action) ? 404 : 200;
}

describe('who may do what to a class', () => {
  let app: TestApp;
  let world: World;
  let own: Awaited<ReturnType<World['group']>>;
  const classes = {} as Record<Relation, SchoolClass>;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    const above = await world.group();
    own = await world.group({ under: above });
    classes.above = await world.class(above);
    classes.own = await world.class(own);
    classes.below = await world.class(await world.group({ under: own }));
    classes.sibling = await world.class(await world.group({ under: above }));
    classes['other tenant'] = await world.class(await world.group());
  });
  afterAll(() => app.close());

  async function assertActions(
    client: Client,
    schoolClass: SchoolClass,
    knows: boolean,
    manages: boolean,
  ): Promise<void> {
    for (const [action, send] of Object.entries(ACTIONS)) {
      const { status } = await send(client, schoolClass);
      expect([action, status]).toEqual([action, expected(knows, manages, action)]);
    }
  }

  describe.each([...GROUP_ROLES, 'platform admin'] as const)('a %s of a group', (role) => {
    let client: Client;
    beforeAll(async () => {
      const { id } =
        role === 'platform admin'
          ? await world.user({ isPlatformAdmin: true })
          : await world.member(own, role);
      client = await app.as(id);
    });

    it.each(RELATIONS)('towards a class whose group is: %s', async (relation) => {
      const reaches = relation === 'own' || relation === 'below';
      const knows = role === 'platform admin' || (reaches && ['admin', 'teacher', 'staff'].includes(role));
      const manages = role === 'platform admin' || (reaches && role === 'admin');
      await assertActions(client, classes[relation], knows, manages);
    });

    it('lets these roles create a class', async () => {
      for (const relation of RELATIONS) {
        const { status } = await client
          .post('/classes')
          .send({ groupId: classes[relation].groupId, name: 'New' });
        const reaches = relation === 'own' || relation === 'below';
        const knowsGroup =
          role === 'platform admin' ||
          relation === 'own' ||
          relation === 'above' ||
          (reaches && ['admin', 'teacher', 'staff'].includes(role));
        const may = role === 'platform admin' || (reaches && ['admin', 'teacher'].includes(role));
        expect([relation, status]).toEqual([relation, may ? 201 : knowsGroup ? 403 : 404]);
      }
    });
  });

  it.each(CLASS_ROLES)('a %s of a class, towards it and another of the same group', async (role) => {
    const member =
      role === 'observer'
        ? await world.guardian(await world.classMember(classes.own, 'student'), classes.own.tenantId)
        : await world.classMember(classes.own, role);
    const client = await app.as(member.id);
    await assertActions(client, classes.own, true, role === 'teacher');
    await assertActions(client, await world.class(own), false, false);
  });

  it('refuses callers who are not signed in', async () => {
    for (const send of Object.values(ACTIONS))
      expect((await send(app.anonymous, classes.own)).status).toBe(401);
  });

  it('applies a role that another process has removed at the next request', async () => {
    const member = await world.classMember(classes.own, 'teacher', await world.member(own, 'staff'));
    const client = await app.as(member.id);
    await client.patch(`/classes/${classes.own.id}`).send({ subject: 'Art' }).expect(200);
    const second = createContainer({
      config: loadConfig(testEnv(app.databaseUrl)),
      process: 'api',
      logger: createLogger({ service: 'test', level: 'error', format: 'pretty' }),
    });
    await second.start();
    const operator = await world.user({ isPlatformAdmin: true });
    const principal = await second.access.findPrincipal(operator.id, {
      sessionId: null,
      kind: 'system',
      scopes: null,
    });
    await second.classes.roster.changeRole(principal!, classes.own.id, member.id, 'assistant');
    let status = 200;
    for (let i = 0; i < 100 && status === 200; i += 1) {
      status = (await client.patch(`/classes/${classes.own.id}`).send({ subject: 'Art' })).status;
    }
    expect(status).toBe(403);
    await second.stop();
  });
});
