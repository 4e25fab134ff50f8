import fc from 'fast-check';
import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

const Row = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  path: z.string(),
  isArchived: z.boolean(),
});
type Row = z.output<typeof Row>;

/** The number of nodes in the concurrency test, and of their moves. */
const NODES = 60;
const MOVES = 200;
const SEEDS = 20;
/** It takes about 15 s on two idle cores. */
const SLOW_MACHINE_MS = 300_000;

describe('the tree', () => {
  let app: TestApp;
  let world: World;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
  });
  afterAll(() => app.close());

  const rowsOf = (tenantId: string): Promise<Row[]> =>
    app.container.platform.db.rows(
      sql`SELECT id, parent_id AS "parentId", path::text AS path, deleted_at IS NOT NULL AS "isArchived" FROM groups WHERE tenant_id = ${tenantId}::uuid`,
      Row,
    );

  /**
   * Each path is the parent's path plus the group's own label, and each chain ends at the root: no cycle,
   * no orphan.
   */
  function assertTree(rows: Row[]): void {
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows) {
      const label = row.path.split('.').at(-1) as string;
      const parent = row.parentId === null ? null : byId.get(row.parentId);
      expect(parent).not.toBeUndefined();
      expect(row.path).toBe(parent === null ? label : `${parent?.path}.${label}`);
      const seen = new Set<string>();
      for (let at: Row | undefined = row; at !== undefined; at = byId.get(at.parentId ?? '')) {
        expect(seen.has(at.id)).toBe(false);
        seen.add(at.id);
      }
    }
  }

  /** Creates a tenant with an admin who may do everything there. */
  async function tenant(): Promise<{ root: { id: string; tenantId: string; path: string }; admin: Client }> {
    const root = await world.group({ name: 'Root' });
    return { root, admin: await app.as((await world.member(root, 'admin')).id) };
  }

  describe('moving', () => {
    it('moves everything below along, including archived groups, and shows it immediately', async () => {
      const { root, admin } = await tenant();
      const [a, b] = [
        await world.group({ under: root, name: 'A' }),
        await world.group({ under: root, name: 'B' }),
      ];
      const child = await world.group({ under: a, name: 'Child' });
      const archived = await world.group({ under: child, name: 'Archived' });
      await admin.delete(`/groups/${archived.id}`).expect(204);
      const teacher = await app.as((await world.member(b, 'teacher')).id);
      await teacher.get(`/groups/${child.id}`).expect(404);

      const { body } = await admin
        .patch(`/groups/${a.id}`)
        .send({ parentId: b.id, name: 'A moved' })
        .expect(200);
      expect(body.data).toMatchObject({ parentId: b.id, depth: 2, name: 'A moved' });
      assertTree(await rowsOf(root.id));
      await teacher.get(`/groups/${child.id}`).expect(200);
      const { body: event } = await admin.get(`/groups/${b.id}/descendants`).expect(200);
      expect(event.data.map((group: { name: string }) => group.name)).toEqual(['A moved', 'Child']);
      const record = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'group.moved', subjectId: a.id },
      });
      expect(record?.details).toEqual({ from: root.id, to: b.id });
    });

    it('to its current place changes nothing', async () => {
      const { root, admin } = await tenant();
      const a = await world.group({ under: root });
      const before = await admin.get(`/groups/${a.id}`).expect(200);
      const after = await admin.patch(`/groups/${a.id}`).send({ parentId: root.id }).expect(200);
      expect(after.body).toEqual({ ...before.body, data: { ...before.body.data, endedClassRoles: [] } });
    });

    it.each(['itself', 'its child', 'its grandchild'])('into %s is refused as a cycle', async (where) => {
      const { root, admin } = await tenant();
      const a = await world.group({ under: root });
      const child = await world.group({ under: a });
      const grandchild = await world.group({ under: child });
      const target = { itself: a, 'its child': child, 'its grandchild': grandchild }[where];
      const { body } = await admin.patch(`/groups/${a.id}`).send({ parentId: target?.id }).expect(409);
      expect(body.error.details.reason).toBe('group.cycle');
    });

    it('is refused for roots, to other tenants, under archived groups and too deep', async () => {
      const { root, admin } = await tenant();
      const other = await tenant();
      const platform = await app.as((await world.user({ isPlatformAdmin: true })).id);
      const a = await world.group({ under: root });
      const gone = await world.group({ under: root });
      await admin.delete(`/groups/${gone.id}`).expect(204);
      const reason = async (client: Client, id: string, parentId: string) =>
        (await client.patch(`/groups/${id}`).send({ parentId }).expect(409)).body.error.details.reason;
      expect(await reason(admin, root.id, a.id)).toBe('group.root_immovable');
      expect(await reason(platform, a.id, other.root.id)).toBe('group.other_tenant');
      expect(await reason(admin, a.id, gone.id)).toBe('group.archived');
      await admin.patch(`/groups/${a.id}`).send({ parentId: other.root.id }).expect(404);

      let deepest = a;
      for (let i = 0; i < 15; i += 1) deepest = await world.group({ under: deepest });
      let deep = await world.group({ under: root });
      for (let i = 0; i < 15; i += 1) deep = await world.group({ under: deep });
      expect(await reason(admin, a.id, deep.id)).toBe('group.too_deep');
      await admin
        .patch(`/groups/${a.id}`)
        .send({ parentId: (await world.group({ under: root })).id })
        .expect(200);
      assertTree(await rowsOf(root.id));
    });

    it('needs both ends: 403 if the caller only sees the new parent, 404 if they do not', async () => {
      const { root } = await tenant();
      const [mine, theirs] = [await world.group({ under: root }), await world.group({ under: root })];
      const a = await world.group({ under: mine });
      const user = await world.member(mine, 'admin');
      const client = await app.as(user.id);
      await client.patch(`/groups/${a.id}`).send({ parentId: theirs.id }).expect(404);
      await world.member(theirs, 'teacher', user);
      await client.patch(`/groups/${a.id}`).send({ parentId: theirs.id }).expect(403);
      await client.patch(`/groups/${a.id}`).send({ parentId: root.id }).expect(403);
    });
  });

  describe('archiving', () => {
    it('archives everything below, and restoring brings back exactly these groups', async () => {
      const { root, admin } = await tenant();
      const a = await world.group({ under: root, name: 'A' });
      const [kept, early] = [
        await world.group({ under: a, name: 'Kept' }),
        await world.group({ under: a, name: 'Early' }),
      ];
      const below = await world.group({ under: early, name: 'Below' });
      await admin.delete(`/groups/${early.id}`).expect(204);
      await admin.delete(`/groups/${a.id}`).expect(204);
      for (const { id } of [a, kept, early, below]) await admin.get(`/groups/${id}`).expect(404);
      const archived = async () =>
        ((await admin.get('/groups?archived=true').expect(200)).body.data as { name: string }[]).map(
          ({ name }) => name,
        );
      expect(await archived()).toEqual(['A', 'Below', 'Early', 'Kept']);

      for (const { id } of [kept, early, below]) {
        const { body } = await admin.post(`/groups/${id}/restore`).expect(409);
        expect(body.error.details.reason).toBe('group.parent_archived');
      }
      const { body } = await admin.post(`/groups/${a.id}/restore`).expect(200);
      expect(body.data).toMatchObject({ name: 'A', archivedAt: null, can: { update: true } });
      expect(await archived()).toEqual(['Below', 'Early']);
      await admin.get(`/groups/${kept.id}`).expect(200);
      await admin.post(`/groups/${early.id}/restore`).expect(200);
      await admin.get(`/groups/${below.id}`).expect(200);
    });

    it('leaves an active group unchanged when it is restored', async () => {
      const { root, admin } = await tenant();
      const a = await world.group({ under: root });
      const before = await admin.get(`/groups/${a.id}`).expect(200);
      expect((await admin.post(`/groups/${a.id}/restore`).expect(200)).body).toEqual(before.body);
    });

    it('removes members’ rights from the group immediately, and returns them on restore', async () => {
      const { root, admin } = await tenant();
      const a = await world.group({ under: root });
      const child = await world.group({ under: a });
      const schoolAdmin = await app.as((await world.member(a, 'admin')).id);
      await schoolAdmin.get(`/groups/${child.id}`).expect(200);
      await schoolAdmin.delete(`/groups/${a.id}`).expect(204);
      await schoolAdmin.get(`/groups/${root.id}`).expect(404);
      // Admins of an archived group lose their rights there; an admin above restores it.
      await schoolAdmin.post(`/groups/${a.id}/restore`).expect(404);
      await admin.post(`/groups/${a.id}/restore`).expect(200);
      await schoolAdmin.get(`/groups/${child.id}`).expect(200);
    });

    it('answers 401, 403 and 404 to callers who do not manage the group', async () => {
      const { root, admin } = await tenant();
      const [a, b] = [await world.group({ under: root }), await world.group({ under: root })];
      const teacher = await app.as((await world.member(a, 'teacher')).id);
      await teacher.delete(`/groups/${a.id}`).expect(403);
      await teacher.post(`/groups/${a.id}/restore`).expect(403);
      await teacher.delete(`/groups/${b.id}`).expect(404);
      await app.anonymous.delete(`/groups/${a.id}`).expect(401);
      await app.anonymous.post(`/groups/${a.id}/restore`).expect(401);
      await admin.delete(`/groups/${a.id}`).expect(204);
      await admin.delete(`/groups/${a.id}`).expect(404);
      await admin.patch(`/groups/${a.id}`).send({ name: 'X' }).expect(404);
      await admin.post('/groups').send({ name: 'X', parentId: a.id }).expect(409);
    });

    it('of a tenant needs a platform admin and its name, and a platform admin undoes it', async () => {
      const { root, admin } = await tenant();
      const platform = await app.as((await world.user({ isPlatformAdmin: true })).id);
      await admin.delete(`/groups/${root.id}?confirmName=Root`).expect(403);
      for (const query of ['', '?confirmName=root']) {
        const { body } = await platform.delete(`/groups/${root.id}${query}`).expect(409);
        expect(body.error.details.reason).toBe('group.name_not_confirmed');
      }
      await admin.get(`/groups/${root.id}`).expect(200);
      await platform.delete(`/groups/${root.id}?confirmName=Root&x=1`).expect(400);
      await platform.delete(`/groups/${root.id}?confirmName=Root`).expect(204);
      await admin.post(`/groups/${root.id}/restore`).expect(404);
      await admin
        .get('/groups')
        .expect(200)
        .expect(({ body }) => expect(body.data).toEqual([]));
      await platform.post(`/groups/${root.id}/restore`).expect(200);
      await admin.get(`/groups/${root.id}`).expect(200);
      await admin.post(`/groups/${root.id}/restore`).expect(403);
    });
  });

  describe('under concurrency', () => {
    /** A pseudo-random sequence that is the same for the same seed (mulberry32). */
    const random = (seed: number) => {
      let state = seed;
      return () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
      };
    };

    /**
     * The result of a move. On a busy machine the server may answer 503: repeat the request, as a client
     * would.
     */
    async function moveOf(admin: Client, id: string, parentId: string): Promise<string> {
      const response = await fetch(`${app.url}/api/v1/groups/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ parentId }),
      });
      const { error } = (await response.json()) as { error?: { details: { reason: string } } };
      if (response.status !== 503) return `${response.status} ${error?.details.reason ?? ''}`.trim();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return moveOf(admin, id, parentId);
    }

    it(
      `stays a tree under ${MOVES} simultaneous moves of ${NODES} nodes, ${SEEDS} times`,
      async () => {
        const outcomes: Record<string, number> = {};
        for (let seed = 1; seed <= SEEDS; seed += 1) {
          const next = random(seed);
          const { root, admin } = await tenant();
          const nodes = [root];
          while (nodes.length < NODES)
            nodes.push(await world.group({ under: nodes[Math.floor(next() * nodes.length)]! }));
          const pick = () => nodes[Math.floor(next() * NODES)]!.id;
          const moves = Array.from({ length: MOVES }, () => [pick(), pick()] as const);
          await Promise.all(
            moves.map(async ([id, parentId]) => {
              const outcome = await moveOf(admin, id, parentId);
              outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
            }),
          );
          const rows = await rowsOf(root.id);
          expect(rows).toHaveLength(NODES);
          assertTree(rows);
        }
        expect(
          Object.keys(outcomes).filter(
            (outcome) => !/^(200|409 group\.(cycle|root_immovable|too_deep))$/.test(outcome),
          ),
        ).toEqual([]);
        expect(outcomes['200']).toBeGreaterThan(SEEDS * MOVES * 0.3);
      },
      SLOW_MACHINE_MS,
    );

    it('stays a tree without active groups below archived ones under simultaneous changes', async () => {
      const next = random(4711);
      const { root, admin } = await tenant();
      const ids = [root.id];
      for (let i = 0; i < 12; i += 1) ids.push((await world.group({ under: root })).id);
      const pick = (from = 1) => ids[from + Math.floor(next() * (ids.length - from))]!;
      const work = Array.from({ length: 240 }, (_, i) => async () => {
        const kind = Math.floor(next() * 4);
        if (kind === 0) {
          const { status, body } = await admin.post('/groups').send({ name: `New ${i}`, parentId: pick(0) });
          if (status === 201) ids.push(body.data.id);
          return status;
        }
        if (kind === 1) return (await admin.patch(`/groups/${pick()}`).send({ parentId: pick(0) })).status;
        if (kind === 2) return (await admin.delete(`/groups/${pick()}`)).status;
        return (await admin.post(`/groups/${pick()}/restore`)).status;
      });
      const statuses: number[] = [];
      const worker = async () => {
        for (let job = work.pop(); job !== undefined; job = work.pop()) statuses.push(await job());
      };
      await Promise.all(Array.from({ length: 12 }, worker));
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      const rows = await rowsOf(root.id);
      assertTree(rows);
      const archived = new Set(rows.filter((row) => row.isArchived).map((row) => row.id));
      expect(rows.filter((row) => !row.isArchived && archived.has(row.parentId ?? ''))).toEqual([]);
    });
  });

  describe('compared with a plain model', () => {
    type Node = { id: string; name: string; parent: string | null; archivedBy: string | null };
    const command = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('create' as const), at: fc.nat(), to: fc.nat() }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), at: fc.nat(), to: fc.nat() }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('archive' as const), at: fc.nat(), to: fc.nat() }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('restore' as const), at: fc.nat(), to: fc.nat() }),
      },
    );

    const childrenOf = (model: Node[], id: string): Node[] =>
      model.filter((node) => node.parent === id && node.archivedBy === null);
    const below = (model: Node[], id: string): Node[] =>
      childrenOf(model, id).flatMap((child) => [child, ...below(model, child.id)]);
    const above = (model: Node[], id: string): Node[] => {
      const parent = model.find((node) => node.id === model.find((each) => each.id === id)?.parent);
      return parent === undefined ? [] : [...above(model, parent.id), parent];
    };

    /** Applies the same change to the tree and to the model, if the model allows it. */
    async function run(
      model: Node[],
      admin: Client,
      { kind, at, to }: { kind: string; at: number; to: number },
    ) {
      const node = model[at % model.length]!;
      const target = model[to % model.length]!;
      const alive = node.archivedBy === null;
      if (kind === 'create') return create(model, admin, node);
      if (kind === 'move') return move(model, admin, node, target);
      if (kind === 'restore') return restore(model, admin, node);
      // The root's admin would lock themselves out.
      if (node.parent === null) return;
      await admin.delete(`/groups/${node.id}`).expect(alive ? 204 : 404);
      if (alive) for (const each of [node, ...below(model, node.id)]) each.archivedBy = node.id;
    }

    async function create(model: Node[], admin: Client, parent: Node): Promise<void> {
      const alive = parent.archivedBy === null;
      const name = `Node ${model.length}`;
      const { body } = await admin
        .post('/groups')
        .send({ name, parentId: parent.id })
        .expect(alive ? 201 : 409);
      if (alive) model.push({ id: body.data.id, name, parent: parent.id, archivedBy: null });
    }

    async function move(model: Node[], admin: Client, node: Node, target: Node): Promise<void> {
      const cycle = node.id === target.id || below(model, node.id).includes(target);
      const refused = target.archivedBy !== null || node.parent === null || cycle;
      const status = node.archivedBy !== null ? 404 : refused ? 409 : 200;
      await admin.patch(`/groups/${node.id}`).send({ parentId: target.id }).expect(status);
      if (status === 200) node.parent = target.id;
    }

    async function restore(model: Node[], admin: Client, node: Node): Promise<void> {
      const parent = model.find((each) => each.id === node.parent);
      const refused = node.archivedBy !== null && parent !== undefined && parent.archivedBy !== null;
      await admin.post(`/groups/${node.id}/restore`).expect(node.parent === null ? 403 : refused ? 409 : 200);
      if (!refused) for (const each of model) if (each.archivedBy === node.id) each.archivedBy = null;
    }

    it('children, descendants and ancestors are the same after any sequence of changes', async () => {
      const names = async (admin: Client, path: string): Promise<string[]> =>
        (await admin.get(`${path}?limit=100`).expect(200)).body.data.map(
          (group: { name: string }) => group.name,
        );
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
          const { root, admin } = await tenant();
          const model: Node[] = [{ id: root.id, name: 'Root', parent: null, archivedBy: null }];
          for (const each of commands) await run(model, admin, each);
          for (const node of model) {
            if (node.archivedBy !== null) {
              await admin.get(`/groups/${node.id}/children`).expect(404);
              continue;
            }
            expect((await names(admin, `/groups/${node.id}/children`)).sort()).toEqual(
              childrenOf(model, node.id)
                .map(({ name }) => name)
                .sort(),
            );
            expect((await names(admin, `/groups/${node.id}/descendants`)).sort()).toEqual(
              below(model, node.id)
                .map(({ name }) => name)
                .sort(),
            );
            expect(await names(admin, `/groups/${node.id}/ancestors`)).toEqual(
              above(model, node.id).map(({ name }) => name),
            );
          }
          assertTree(await rowsOf(root.id));
        }),
        { numRuns: 12, endOnFailure: true },
      );
    });
  });
});
