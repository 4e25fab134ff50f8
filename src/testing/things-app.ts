import { z } from 'zod';
import type { Container } from '../container';
import {
  defineRoute,
  everybody,
  listOrderOf,
  platformAdmin,
  type Route,
  reply,
  signedIn,
} from '../http/route';
import { IdParams, id, listQuery, moment, search, text } from '../http/schemas';
import { sortBy } from '../platform/db/paging';
import { raw, sql } from '../platform/db/sql';
import { NotFoundError, UnavailableError } from '../shared/errors';
import { newId } from '../shared/ids';
import { assertRevision } from '../shared/revisions';
import { createTestApp, type TestApp, type TestAppOptions } from './app';

const ThingRow = z.object({ id: z.string(), name: z.string(), revision: z.number() });
const ThingSchema = z.object({ id: id(), name: z.string() }).meta({ id: 'Thing' });
const ThingBody = z.strictObject({
  name: text(1, 50),
  at: moment().optional(),
  parts: z
    .array(z.strictObject({ size: z.int().min(1) }))
    .max(3)
    .optional(),
});
const SORTS = { name: { expression: sql`t.name`, type: 'text' as const } };
export const SECRET = 'swordfish-5f1c';

/** Small routes that use each step of a route's chain on their own table. */
function thingRoutes({ platform: { db, lists } }: Container): Route[] {
  const find = async (thingId: string) => {
    const thing = await db.row(
      sql`SELECT id, name, revision FROM things WHERE id = ${thingId}::uuid`,
      ThingRow,
    );
    if (thing === null) throw new NotFoundError('thing.not_found', 'There is no such thing.');
    return thing;
  };
  const shared = { summary: 'A thing', access: signedIn('account.read') };
  const one = { status: 200 as const, description: 'The thing.', data: ThingSchema };
  return [
    defineRoute({
      ...shared,
      method: 'get',
      path: '/things',
      query: listQuery(['name'], { q: search() }),
      success: { ...one, list: true },
      handler: async ({ query }) => {
        const { sort, page } = listOrderOf(query);
        return reply.page(
          await lists.list({
            columns: sql`t.id, t.name, t.revision`,
            from: sql`things t`,
            where: query.q === undefined ? [] : [sql`t.name = ${query.q}`],
            sort: sortBy(SORTS, sort),
            id: sql`t.id`,
            page,
            row: ThingRow,
          }),
        );
      },
    }),
    defineRoute({
      ...shared,
      method: 'post',
      path: '/things',
      body: ThingBody,
      idempotency: 'transaction',
      success: { ...one, status: 201 },
      handler: async ({ body }) => {
        const thing = { id: newId(), name: body.name };
        await db.execute(sql`INSERT INTO things (id, name) VALUES (${thing.id}::uuid, ${thing.name})`);
        if (body.name === 'dies') await db.execute(sql`SELECT pg_terminate_backend(pg_backend_pid())`);
        if (body.name === 'fails') throw new UnavailableError('helper', 7);
        return reply.created(`/api/v1/things/${thing.id}`, thing, 1);
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/things/:id',
      params: IdParams,
      success: one,
      // `colour` is not declared, so it must not get out.
      handler: async ({ params }) => {
        const { revision, ...thing } = await find(params.id);
        return reply.ok({ ...thing, colour: SECRET, nested: { secret: SECRET } }, revision);
      },
    }),
    defineRoute({
      ...shared,
      method: 'patch',
      path: '/things/:id',
      params: IdParams,
      body: ThingBody,
      conditional: true,
      success: one,
      handler: async ({ params, body, ifMatch }) =>
        db.transaction(async () => {
          await db.execute(sql`SELECT 1 FROM things WHERE id = ${params.id}::uuid FOR UPDATE`);
          const thing = await find(params.id);
          assertRevision(ifMatch, thing.revision);
          await db.execute(
            sql`UPDATE things SET name = ${body.name}, revision = revision + 1 WHERE id = ${params.id}::uuid`,
          );
          return reply.ok({ id: thing.id, name: body.name }, thing.revision + 1);
        }),
    }),
    defineRoute({
      ...shared,
      method: 'delete',
      path: '/things/:id',
      params: IdParams,
      success: { status: 204, description: 'Gone.' },
      handler: async ({ params }) => {
        await db.execute(sql`DELETE FROM things WHERE id = ${params.id}::uuid`);
        return reply.noContent();
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/things/latest',
      impersonal: true,
      success: one,
      handler: async () => reply.ok({ id: '00000000-0000-4000-8000-000000000000', name: 'the static path' }),
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/faults/:kind',
      params: z.strictObject({ kind: z.enum(['bug', 'sql', 'shape']) }),
      success: one,
      handler: async ({ params }) => {
        if (params.kind === 'sql') await db.execute(sql`SELECT ${raw(`'${SECRET}'`)} FROM no_such_table`);
        if (params.kind === 'shape') return reply.ok({ id: 'not a uuid', name: SECRET });
        throw new TypeError(`cannot read ${SECRET} of undefined`);
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/open',
      access: everybody,
      success: {
        status: 200,
        description: 'Open.',
        data: z.object({ caller: z.string().nullable(), ip: z.string() }),
      },
      handler: async ({ optionalPrincipal, client }) =>
        reply.ok({ caller: optionalPrincipal?.userId ?? null, ip: client.ip }),
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/admin-only',
      access: platformAdmin('user.list'),
      success: { status: 204, description: 'You are.' },
      handler: async () => reply.noContent({ 'Cache-Control': 'no-store', 'Set-Cookie': ['a=1', 'b=2'] }),
    }),
  ];
}

/** The whole HTTP side with the routes above in place of the real ones. */
export async function createThingsApp(options: TestAppOptions = {}): Promise<TestApp> {
  const app = await createTestApp({ ...options, routes: thingRoutes });
  await app.container.platform.db.execute(
    sql`CREATE TABLE IF NOT EXISTS things (id uuid PRIMARY KEY, name text NOT NULL, revision integer NOT NULL DEFAULT 1)`,
  );
  return app;
}
