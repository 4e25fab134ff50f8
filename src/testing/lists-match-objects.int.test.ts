import { z } from 'zod';
import { type Sql, sql } from '../platform/db/sql';
import { type Client, createTestApp, type TestApp } from './app';
import { ACTORS, PermissionDistrict } from './permission-district';

/** A list, and the objects that it could contain. */
interface Listing {
  name: string;
  /** The address of the list; one per class or assignment if it belongs to one. */
  readonly list: (of: string) => string;
  readonly object: (id: string) => string;
  /** Id and owner of every object. */
  all: Sql;
}

const LISTINGS: readonly Listing[] = [
  {
    name: 'groups',
    list: () => '/groups',
    object: (id) => `/groups/${id}`,
    all: sql`SELECT id, '' AS of FROM groups WHERE deleted_at IS NULL`,
  },
  {
    name: 'classes',
    list: () => '/classes',
    object: (id) => `/classes/${id}`,
    all: sql`SELECT id, '' AS of FROM classes WHERE deleted_at IS NULL`,
  },
  {
    name: 'archived classes',
    list: () => '/classes?archived=true',
    object: (id) => `/classes/${id}`,
    all: sql`SELECT id, '' AS of FROM classes WHERE deleted_at IS NOT NULL`,
  },
  {
    name: 'tools',
    list: () => '/tools',
    object: (id) => `/tools/${id}`,
    all: sql`SELECT id, '' AS of FROM tools WHERE state <> 'archived'`,
  },
  {
    name: 'assignments of a class',
    list: (classId) => `/classes/${classId}/assignments`,
    object: (id) => `/assignments/${id}`,
    all: sql`SELECT id, class_id::text AS of FROM assignments WHERE deleted_at IS NULL AND state <> 'archived'`,
  },
  {
    name: 'attempts at an assignment',
    list: (assignmentId) => `/assignments/${assignmentId}/submissions`,
    object: (id) => `/submissions/${id}`,
    all: sql`SELECT id, assignment_id::text AS of FROM submissions`,
  },
  {
    name: 'attempts in a class',
    list: (classId) => `/classes/${classId}/submissions`,
    object: (id) => `/submissions/${id}`,
    all: sql`SELECT id, class_id::text AS of FROM submissions`,
  },
  {
    name: 'runs of a class',
    list: (classId) => `/runs?classId=${classId}`,
    object: (id) => `/runs/${id}`,
    all: sql`SELECT id, class_id::text AS of FROM runs WHERE class_id IS NOT NULL`,
  },
  {
    name: 'chats of a class',
    list: (classId) => `/sessions?classId=${classId}`,
    object: (id) => `/sessions/${id}`,
    all: sql`SELECT id, class_id::text AS of FROM sessions WHERE class_id IS NOT NULL`,
  },
];

describe('a list', () => {
  let app: TestApp;
  let district: PermissionDistrict;

  beforeAll(async () => {
    app = await createTestApp();
    district = await PermissionDistrict.build(app.container);
  }, 120_000);
  afterAll(() => app.close());

  /** The ids on all pages; null if there is no list for the caller. */
  async function listed(client: Client, address: string): Promise<string[] | null> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const separator = address.includes('?') ? '&' : '?';
      const { status, body } = await client.get(`${address}${separator}limit=5&cursor=${cursor}`);
      if (status !== 200) {
        expect([address, [403, 404].includes(status)]).toEqual([address, true]);
        return null;
      }
      ids.push(...(body.data as { id: string }[]).map(({ id }) => id));
      cursor = body.meta.pagination.nextCursor as string | null;
    }
    return ids.sort();
  }

  it.each(LISTINGS)(
    'of $name shows each person exactly what they can open',
    async ({ list, object, all }) => {
      const rows = await app.container.platform.db.rows(all, z.object({ id: z.string(), of: z.string() }));
      const shown = { some: 0, none: 0 };
      for (const actor of ACTORS) {
        const client = await app.as(district.actors[actor].id);
        for (const of of new Set(rows.map((each) => each.of))) {
          const openable: string[] = [];
          for (const { id } of rows.filter((each) => each.of === of)) {
            const { status } = await client.get(object(id));
            expect([actor, [200, 404].includes(status)]).toEqual([actor, true]);
            if (status === 200) openable.push(id);
          }
          const items = await listed(client, list(of));
          shown[openable.length > 0 ? 'some' : 'none'] += 1;
          expect([actor, of, items ?? []]).toEqual([actor, of, openable.sort()]);
        }
      }
      expect(shown.some).toBeGreaterThan(0);
    },
  );
});
