import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { ExportLinks } from './download/exports.links';
import { ExportScene } from './exports.builder';

const OutboxRow = z.object({ operation: z.string(), workflowId: z.string(), input: z.unknown() });

let app: TestApp;
let scene: ExportScene;
let asTeacher: Client;

beforeAll(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  ({ asTeacher } = scene);
});
afterAll(() => app.close());
// A person may have at most five unfinished exports.
afterEach(() =>
  db().execute(
    sql`UPDATE exports SET state = 'cancelled', finished_at = now() WHERE state IN ('queued', 'running')`,
  ),
);

const db = () => app.container.platform.db;
const scope = () => ({ classId: scene.schoolClass.id });
const outboxOf = (id: string) =>
  db().rows(
    sql`SELECT operation, workflow_id AS "workflowId", input FROM outbox WHERE subject_id = ${id}::uuid ORDER BY id`,
    OutboxRow,
  );
const linkTo = async (id: string, client = asTeacher): Promise<string> =>
  (await client.post(`/exports/${id}/link`).expect(200)).body.data.url;
async function finished(kind = 'roster', format = 'csv'): Promise<string> {
  const id = await scene.ask(kind, format);
  await scene.make(id);
  return id;
}

describe('POST /exports', () => {
  it('queues an export together with its job, and puts it on record', async () => {
    const response = await asTeacher
      .post('/exports')
      .send({ kind: 'roster', format: 'csv', scope: scope(), options: { bom: true } });
    expect(response.status).toBe(202);
    const { data } = response.body;
    expect(response.headers.location).toBe(`/api/v1/exports/${data.id}`);
    expect(data).toMatchObject({
      ...{ kind: 'roster', format: 'csv', state: 'queued', errorCode: null, manifest: null, bytes: null },
      scope: { classId: scene.schoolClass.id, groupId: null, name: 'Physics 7b' },
      progress: { rows: 0, total: null, percent: 0, secondsLeft: null },
      options: { bom: true },
      links: { self: `/api/v1/exports/${data.id}`, link: `/api/v1/exports/${data.id}/link` },
      can: { download: false, delete: true },
    });
    expect(await outboxOf(data.id)).toEqual([
      {
        operation: 'start',
        workflowId: `export/${data.id}`,
        input: { exportId: data.id, kind: 'roster', format: 'csv' },
      },
    ]);
    expect(await scene.auditOf(data.id)).toEqual(['export.created']);
  });

  it('happens once with an Idempotency-Key', async () => {
    const ask = () =>
      asTeacher
        .post('/exports')
        .set('Idempotency-Key', 'the-same-key')
        .send({ kind: 'roster', format: 'csv', scope: scope() });
    const [first, second] = [await ask(), await ask()];
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it.each([
    ['an unknown kind', { kind: 'grades' }, 'body.kind'],
    ['an unknown format', { format: 'doc' }, 'body.format'],
    ['a table as PDF', { format: 'pdf' }, 'body.format'],
    ['a report as CSV', { kind: 'class_report' }, 'body.format'],
    ['a gradebook of a group', { kind: 'gradebook', scope: { groupId: newId() } }, 'body.scope'],
    ['the trail of a class', { kind: 'audit' }, 'body.scope'],
    ['neither class nor group', { scope: {} }, 'body.scope'],
    ['both', { scope: { classId: newId(), groupId: newId() } }, 'body.scope'],
    ['a filter that it does not know', { filters: { state: 'returned' } }, 'body.filters.state'],
    ['a filter nobody knows', { filters: { colour: 'red' } }, 'body.filters.colour'],
    [
      'an end before its beginning',
      { kind: 'messages', filters: { from: '2027-01-02T00:00:00Z', to: '2027-01-01T00:00:00Z' } },
      'body.filters.to',
    ],
    ['a locale that is none', { options: { locale: '../de' } }, 'body.options.locale'],
    ['an unknown field', { extra: 1 }, 'body.extra'],
  ])('refuses %s', async (_what, change, path) => {
    const response = await asTeacher
      .post('/exports')
      .send({ kind: 'roster', format: 'csv', scope: scope(), ...change });
    expect(response.status).toBe(400);
    expect(response.body.error.details.issues[0].path).toBe(path);
  });

  it('knows no class or group that the caller does not know', async () => {
    const other = await scene.world.class(await scene.world.group());
    for (const unknown of [{ classId: other.id }, { classId: newId() }, { groupId: newId() }])
      await asTeacher.post('/exports').send({ kind: 'roster', format: 'csv', scope: unknown }).expect(404);
    await app.anonymous.post('/exports').send({ kind: 'roster', format: 'csv', scope: scope() }).expect(401);
  });

  it('lets nobody have more than five under way', async () => {
    const answers = await Promise.all(
      Array.from({ length: 7 }, () =>
        asTeacher.post('/exports').send({ kind: 'roster', format: 'csv', scope: scope() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
    expect(answers.find(({ status }) => status === 429)?.body.error.details.reason).toBe(
      'export.too_many_unfinished',
    );
  });
});

describe('who may create which export', () => {
  const kinds = ['roster', 'gradebook', 'submissions', 'messages', 'usage'] as const;

  async function allowedTo(client: Client, target: object): Promise<string[]> {
    const allowed: string[] = [];
    for (const kind of [...kinds, 'audit', 'class_report', 'usage_report'] as const) {
      const format = kind.endsWith('report') ? 'pdf' : 'csv';
      const { status } = await client.post('/exports').send({ kind, format, scope: target });
      if (status === 202) allowed.push(kind);
      else expect([400, 403]).toContain(status);
      await db().execute(
        sql`UPDATE exports SET state = 'cancelled', finished_at = now() WHERE state = 'queued'`,
      );
    }
    return allowed;
  }

  it('follows what the caller could see individually', async () => {
    const { schoolClass, school, world } = scene;
    const below = await world.group({ under: school });
    const of = async (person: { id: string }) =>
      allowedTo(await app.as(person.id), { classId: schoolClass.id });
    const work = ['gradebook', 'submissions', 'messages'];
    expect(await of(scene.teacher)).toEqual(['roster', ...work, 'class_report']);
    expect(await of(scene.assistant)).toEqual(['roster', ...work, 'class_report']);
    expect(await of(scene.admin)).toEqual(['roster', ...work, 'usage', 'class_report', 'usage_report']);
    expect(await of(scene.students[0] as { id: string })).toEqual([]);
    expect(await of(await world.guardian(scene.students[0] as { id: string }, school.tenantId))).toEqual([]);
    expect(await of(await world.member(school, 'teacher'))).toEqual(['roster']);
    expect(await of(await world.member(school, 'staff'))).toEqual(['roster']);
    expect(await of(await world.user({ isPlatformAdmin: true }))).toEqual([
      'roster',
      'usage',
      'usage_report',
    ]);
    const asAdmin = await app.as(scene.admin.id);
    expect(await allowedTo(asAdmin, { groupId: school.id })).toEqual([
      ...['roster', 'submissions', 'messages', 'usage', 'audit', 'usage_report'],
    ]);
    expect(await allowedTo(asAdmin, { groupId: below.id })).not.toContain('audit');
    expect(await allowedTo(asTeacher, { groupId: school.id })).toEqual([]);
  });
});

describe('exports of one person', () => {
  it('are listed, newest first, and hidden from everybody else', async () => {
    const [older, newer] = [await scene.ask('roster', 'csv'), await scene.ask('gradebook', 'ndjson')];
    const { data } = (await asTeacher.get('/exports?limit=2').expect(200)).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([newer, older]);
    const filtered = (await asTeacher.get('/exports?kind=gradebook&state=queued').expect(200)).body.data;
    expect(filtered.map(({ id }: { id: string }) => id)).toEqual([newer]);
    const asAdmin = await app.as(scene.admin.id);
    expect((await asAdmin.get('/exports').expect(200)).text).not.toContain(newer);
    await asTeacher.get(`/exports/${newer}`).expect(200);
    for (const refused of [
      asAdmin.get(`/exports/${newer}`),
      asAdmin.delete(`/exports/${newer}`),
      asAdmin.post(`/exports/${newer}/link`),
      asAdmin.get(`/exports/${newer}/download?token=x`),
      asTeacher.get(`/exports/${newId()}`),
    ])
      expect((await refused).status).toBe(404);
    await app.anonymous.get(`/exports/${newer}`).expect(401);
    await asTeacher.get('/exports/x').expect(400);
  });
});

describe('DELETE /exports/:id', () => {
  it('ends a queued one immediately', async () => {
    const id = await scene.ask('roster', 'csv');
    expect((await asTeacher.delete(`/exports/${id}`).expect(200)).body.data).toMatchObject({
      state: 'cancelled',
      can: { delete: false },
    });
    expect((await outboxOf(id)).map(({ operation }) => operation)).toEqual(['start']);
    expect(await scene.make(id)).toMatchObject({ state: 'cancelled' });
    await asTeacher.delete(`/exports/${id}`).expect(200);
    expect(await scene.auditOf(id)).toEqual(['export.created', 'export.cancelled']);
  });

  it('has one that is being made cancelled', async () => {
    const id = await scene.ask('roster', 'csv');
    await app.container.exports.execution.begin(id);
    const { data } = (await asTeacher.delete(`/exports/${id}`).expect(200)).body;
    expect(data.state).toBe('running');
    expect(data.cancelRequestedAt).not.toBeNull();
    await asTeacher.delete(`/exports/${id}`).expect(200);
    expect((await outboxOf(id)).map(({ operation }) => operation)).toEqual(['start', 'cancel']);
  });

  it('deletes the file of one that is done', async () => {
    const id = await finished();
    expect((await asTeacher.delete(`/exports/${id}`).expect(200)).body.data.state).toBe('expired');
    expect(await app.container.platform.storage.stat(`exports/${id}/file`)).toBeNull();
    const refused = await asTeacher.post(`/exports/${id}/link`).expect(409);
    expect(refused.body.error.details).toMatchObject({ reason: 'export.not_ready', state: 'expired' });
  });
});

describe('a download', () => {
  it('is the file, whole or in parts, and is put on record', async () => {
    const id = await finished('roster', 'csv');
    const { data } = (await asTeacher.get(`/exports/${id}`).expect(200)).body;
    expect(data).toMatchObject({ state: 'succeeded', progress: { percent: 100 }, can: { download: true } });
    const url = await linkTo(id);
    const whole = await asTeacher.get(url).buffer(true).expect(200);
    expect(whole.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': expect.stringMatching(/^attachment; filename="roster-\d{4}-\d\d-\d\d\.csv"$/),
      etag: `"${data.manifest.sha256}"`,
    });
    expect(Buffer.byteLength(whole.text)).toBe(data.manifest.bytes);
    const part = await asTeacher.get(url).set('Range', 'bytes=3-12').buffer(true).expect(206);
    expect(part.text).toBe(whole.text.slice(3, 13));
    await asTeacher.get(url).set('Range', 'bytes=99999999-').expect(416);
    await asTeacher.get(url).set('If-None-Match', String(whole.headers.etag)).expect(304);
    expect((await asTeacher.head(url).expect(200)).headers['content-length']).toBe(String(data.bytes));
    expect(await scene.auditOf(id)).toEqual([
      'export.created',
      'export.ended',
      'export.downloaded',
      'export.downloaded',
    ]);
  });

  it('is for the one who asked for the link, signed in', async () => {
    const [id, other] = [await finished(), await finished()];
    const url = await linkTo(id);
    await app.anonymous.get(url).expect(401);
    await (await app.as(scene.admin.id)).get(url).expect(404);
    const token = url.split('token=')[1] as string;
    const [expires, mac] = token.split('.') as [string, string];
    for (const wrong of [
      'x',
      `${Number(expires) + 900}.${mac}`,
      `${expires}.${mac.replace(/./, (char) => (char === 'A' ? 'B' : 'A'))}`,
    ]) {
      const refused = await asTeacher.get(`/exports/${id}/download?token=${wrong}`).expect(403);
      expect(refused.body.error.details.reason).toBe('export.link_invalid');
      expect(refused.headers.etag).toBeUndefined();
    }
    await asTeacher.get(`/exports/${other}/download?token=${token}`).expect(403);
    await asTeacher.get(`/exports/${id}/download`).expect(403);
    await asTeacher.get(`/exports/${id}/download?token=${'x'.repeat(101)}`).expect(400);
  });

  it('ends with its link', () => {
    const id = newId();
    const links = new ExportLinks(createSecretKey(Buffer.alloc(32)));
    const now = new Date('2027-01-01T00:00:00.000Z');
    const { token, expiresAt } = links.create(id, 'me', now);
    expect(expiresAt.toISOString()).toBe('2027-01-01T00:15:00.000Z');
    const valid = (...args: [string, string, Date]) => links.isValid(token, ...args);
    expect(valid(id, 'me', new Date('2027-01-01T00:14:59.999Z'))).toBe(true);
    expect(valid(id, 'me', expiresAt)).toBe(false);
    expect(valid(id, 'you', now)).toBe(false);
    expect(valid(newId(), 'me', now)).toBe(false);
  });

  it('checks again whether the caller may have its contents', async () => {
    const { schoolClass, teacher } = scene;
    const id = await finished('submissions', 'csv');
    const url = await linkTo(id);
    await db().execute(
      sql`UPDATE class_members SET role = 'assistant' WHERE class_id = ${schoolClass.id}::uuid AND user_id = ${teacher.id}::uuid`,
    );
    await app.container.access.usersChanged([teacher.id]);
    // It contains draft grades, so assistants may not have it.
    const refused = await asTeacher.get(url).expect(403);
    expect(refused.body.error.details.reason).toBe('export.forbidden');
    await asTeacher.post(`/exports/${id}/link`).expect(403);
    await db().execute(
      sql`UPDATE class_members SET role = 'teacher' WHERE class_id = ${schoolClass.id}::uuid AND user_id = ${teacher.id}::uuid`,
    );
    await app.container.access.usersChanged([teacher.id]);
    await asTeacher.get(url).expect(200);
  });

  it('is not there before it is made, nor after its time', async () => {
    const waiting = await scene.ask('roster', 'csv');
    await asTeacher.post(`/exports/${waiting}/link`).expect(409);
    const id = await finished();
    const url = await linkTo(id);
    await db().execute(sql`UPDATE exports SET expires_at = now() WHERE id = ${id}::uuid`);
    expect((await asTeacher.get(url).expect(409)).body.error.details.state).toBe('expired');
    await app.container.platform.storage.delete(`exports/${id}/file`);
    await db().execute(sql`UPDATE exports SET expires_at = now() + interval '1 day' WHERE id = ${id}::uuid`);
    expect((await asTeacher.get(url).expect(404)).body.error.details.reason).toBe('storage.file_not_found');
  });
});
