import { ACTIONS, SCOPES, type Scope } from '../../authz/actions';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { ExportScene } from './exports.builder';
import { KINDS } from './exports.kinds';
import { EXPORT_KINDS, type ExportKind } from './exports.types';

/** The scopes that an API token needs besides that of exports, by kind. */
const NEEDED: Readonly<Record<ExportKind, readonly Scope[]>> = {
  roster: ['classes:read', 'users:read'],
  gradebook: ['classes:read', 'assignments:read', 'work:read'],
  submissions: ['assignments:read', 'work:read'],
  messages: ['work:read'],
  usage: ['ai:read'],
  audit: ['audit:read', 'users:read'],
  class_report: ['classes:read', 'assignments:read', 'work:read'],
  usage_report: ['ai:read'],
};
const OF_EXPORTS: readonly Scope[] = ['exports:read', 'exports:write'];

let app: TestApp;
let scene: ExportScene;
let asAdmin: Client;

beforeAll(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  asAdmin = await app.as(scene.admin.id);
});
afterAll(() => app.close());

async function withScopes(scopes: readonly Scope[]): Promise<Client> {
  const { access, auth } = app.container;
  const principal = await access.findPrincipal(scene.admin.id, {
    sessionId: null,
    kind: 'bearer',
    scopes: null,
  });
  if (principal === null) throw new Error('nobody');
  const { secret } = await auth.apiTokens.create(
    { ...principal, sessionId: newId() },
    { name: 'script', scopes: [...scopes], expiresAt: new Date(Date.now() + 3_600_000) },
  );
  return app.withToken(secret);
}

const bodyOf = (kind: ExportKind) => ({
  kind,
  format: KINDS[kind].formats[0],
  scope: KINDS[kind].scopes.includes('class')
    ? { classId: scene.schoolClass.id }
    : { groupId: scene.school.id },
});

describe('an API token with the scopes of exports', () => {
  it('needs, for each kind, the scopes of the data that it reads', () => {
    for (const kind of EXPORT_KINDS)
      expect({ kind, scopes: new Set(KINDS[kind].reads.map((action) => ACTIONS[action])) }).toEqual({
        kind,
        scopes: new Set(NEEDED[kind]),
      });
  });

  it.each(EXPORT_KINDS)(
    'creates, reads and downloads %s with those alone, and not if one is missing',
    async (kind) => {
      const needed = NEEDED[kind];
      const complete = await withScopes([...OF_EXPORTS, ...needed]);
      const { id } = (await complete.post('/exports').send(bodyOf(kind)).expect(202)).body.data;
      await scene.make(id);
      await complete.get(`/exports/${id}`).expect(200);
      const { url } = (await complete.post(`/exports/${id}/link`).expect(200)).body.data;
      await complete.get(url).expect(200);
      for (const missing of needed) {
        const client = await withScopes(SCOPES.filter((scope) => scope !== missing));
        for (const refused of [
          await client.post('/exports').send(bodyOf(kind)),
          await client.get(`/exports/${id}`),
          await client.post(`/exports/${id}/link`),
          await client.get(url),
        ]) {
          expect(refused.status).toBe(403);
          expect(refused.body.error).toMatchObject({
            details: { reason: 'token.scope', scope: missing },
          });
        }
        const listed = await client.get('/exports').expect(200);
        expect(listed.body.data.map((each: { id: string }) => each.id)).not.toContain(id);
      }
      expect((await asAdmin.get('/exports').expect(200)).body.data[0]).toMatchObject({ id });
    },
  );
});
