import { createHash } from 'node:crypto';
import { sql } from '../../../platform/db/sql';
import { createTestApp, type TestApp } from '../../../testing/app';
import { walked } from '../../../testing/walked';
import { ExportScene } from '../exports.builder';

/** Enough for more than one part: a megabyte is a few thousand of them. */
const STUDENTS = 12_000;

let app: TestApp;
let scene: ExportScene;

beforeAll(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  await scene.addStudents(STUDENTS);
  await scene.addMessages(400, 4);
});
afterAll(() => app.close());
afterEach(() =>
  db().execute(
    sql`UPDATE exports SET state = 'cancelled', finished_at = now() WHERE state IN ('queued', 'running')`,
  ),
);

const db = () => app.container.platform.db;
const execution = () => app.container.exports.execution;
const slice = (signal = new AbortController().signal) => ({ signal, onPart: () => {}, sliceMs: 0 });
const exportOf = async (id: string) => (await scene.asTeacher.get(`/exports/${id}`).expect(200)).body.data;
const keysOf = async (id: string) => {
  const keys: string[] = [];
  for await (const { key } of app.container.platform.storage.list(`exports/${id}/`)) keys.push(key);
  return keys.sort();
};
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('making an export', () => {
  it('goes part by part, says how far it is, and leaves nothing but the file', async () => {
    const id = await scene.ask('roster', 'csv');
    expect(await execution().begin(id)).toMatchObject({
      state: 'running',
      rows: 0,
      total: STUDENTS + 4,
      percent: 0,
    });
    const first = await execution().writeRows(id, slice());
    expect(first).toMatchObject({ state: 'running', rowsComplete: false });
    expect(first.rows).toBeGreaterThan(0);
    expect(first.percent).toBe(Math.floor((100 * first.rows) / (STUDENTS + 4)));
    const { progress } = await exportOf(id);
    expect(progress).toMatchObject({ rows: first.rows, total: STUDENTS + 4, percent: first.percent });
    expect(progress.secondsLeft).toBeGreaterThanOrEqual(0);
    expect(await keysOf(id)).toEqual([`exports/${id}/parts/000000`]);
    expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rows: STUDENTS + 4, percent: 100 });
    expect(await keysOf(id)).toEqual([`exports/${id}/file`]);
    const { manifest } = await exportOf(id);
    const file = await scene.fileOf(id);
    expect(manifest).toMatchObject({
      rows: STUDENTS + 4,
      bytes: file.length,
      sha256: hash(file),
      timeZone: 'UTC',
    });
    expect(file.toString().split('\r\n')).toHaveLength(STUDENTS + 6);
  });

  it.each(['csv', 'ndjson', 'xlsx'])(
    'gives the same bytes however often each step is done, as %s',
    async (format) => {
      const undisturbed = await scene.ask('roster', format);
      await scene.make(undisturbed, 60_000);
      const disturbed = await scene.ask('roster', format);
      await execution().begin(disturbed);
      await execution().begin(disturbed);
      await execution().writeRows(disturbed, slice());
      // As if the worker had died after storing the second part and before counting it.
      const before = await db().prisma.export.findUniqueOrThrow({ where: { id: disturbed } });
      await execution().writeRows(disturbed, slice());
      await db().prisma.export.update({
        where: { id: disturbed },
        data: { partsDone: before.partsDone, rowsDone: before.rowsDone, cursor: before.cursor! },
      });
      await scene.make(disturbed);
      // As if it had died after the end, before the parts were deleted.
      await app.container.platform.storage.write(
        `exports/${disturbed}/parts/000000`,
        (async function* () {})(),
      );
      expect(await execution().finish(disturbed)).toMatchObject({ state: 'succeeded' });
      expect(await keysOf(disturbed)).toEqual([`exports/${disturbed}/file`]);
      expect(hash(await scene.fileOf(disturbed))).toBe(hash(await scene.fileOf(undisturbed)));
      expect(await scene.auditOf(disturbed)).toEqual(['export.created', 'export.ended']);
    },
  );

  it('contains the rows at the snapshot, and no later ones', async () => {
    const id = await scene.ask('messages', 'csv');
    await execution().begin(id);
    await scene.addMessages(10);
    expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rows: 400 });
  });

  it('gives way to another attempt that was faster', async () => {
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    const both = await Promise.allSettled([
      execution().writeRows(id, slice()),
      execution().writeRows(id, slice()),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    for (const each of both)
      if (each.status === 'rejected') expect(each.reason.details.reason).toBe('export.superseded');
    expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rows: STUDENTS + 4 });
    const ids = (await scene.fileOf(id))
      .toString()
      .split('\r\n')
      .map((line) => line.slice(0, 36));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('ends after the current part if its worker is to stop, and continues from there elsewhere', async () => {
    const undisturbed = await scene.ask('roster', 'csv');
    await scene.make(undisturbed, 60_000);
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    const stopping = new AbortController();
    const parts: number[] = [];
    const halted = await execution().writeRows(id, {
      ...{ signal: new AbortController().signal, stopping: stopping.signal, sliceMs: 60_000 },
      onPart: ({ rows }) => {
        parts.push(rows);
        stopping.abort();
      },
    });
    expect(parts).toEqual([halted.rows]);
    expect(halted).toMatchObject({ state: 'running', rowsComplete: false });
    expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rowsComplete: true, percent: 100 });
    expect(hash(await scene.fileOf(id))).toBe(hash(await scene.fileOf(undisturbed)));
  });

  it('starts again if its parts were written in an earlier row order', async () => {
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    const first = await execution().writeRows(id, slice());
    await db().execute(
      sql`UPDATE exports SET cursor = '{"after": ["0196b7a4-0000-7000-8000-000000000001"], "sheetStarts": [0], "cutTexts": 0}' WHERE id = ${id}::uuid`,
    );
    expect((await execution().writeRows(id, slice())).rows).toBe(first.rows);
    expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rows: STUDENTS + 4 });
  });

  it('breaks off the putting together of a file that is not wanted any more', async () => {
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    while (!(await execution().writeRows(id, slice())).rowsComplete);
    await expect(execution().finish(id, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(await execution().finish(id)).toMatchObject({ state: 'succeeded', rowsComplete: true });
  });

  it('stops if it is no longer wanted', async () => {
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    await execution().writeRows(id, slice());
    await expect(execution().writeRows(id, slice(AbortSignal.abort()))).rejects.toThrow();
    expect(await execution().cancel(id)).toMatchObject({ state: 'cancelled' });
    expect(await execution().cancel(id)).toMatchObject({ state: 'cancelled' });
    expect(await keysOf(id)).toEqual([]);
    expect(await scene.make(id)).toMatchObject({ state: 'cancelled' });
    expect(await scene.auditOf(id)).toEqual(['export.created', 'export.ended']);
  });

  it('ends as failed once, with a code, and nothing of it stays', async () => {
    const id = await scene.ask('roster', 'csv');
    await execution().begin(id);
    await execution().writeRows(id, slice());
    expect(await execution().fail(id, 'storage.unavailable')).toMatchObject({
      state: 'failed',
      code: 'storage.unavailable',
    });
    expect(await execution().fail(id, 'internal')).toMatchObject({ code: 'storage.unavailable' });
    expect(await keysOf(id)).toEqual([]);
    expect(await exportOf(id)).toMatchObject({ state: 'failed', errorCode: 'storage.unavailable' });
  });

  it('is for nobody who has lost the class, or their account, meanwhile', async () => {
    const leaving = await scene.world.classMember(scene.schoolClass, 'teacher');
    const client = await app.as(leaving.id);
    const [id, later] = [
      await scene.ask('messages', 'csv', {}, client),
      await scene.ask('roster', 'csv', {}, client),
    ];
    await db().execute(sql`DELETE FROM class_members WHERE user_id = ${leaving.id}::uuid`);
    await app.container.access.usersChanged([leaving.id]);
    await expect(execution().begin(id)).rejects.toMatchObject({ details: { reason: 'export.forbidden' } });
    await db().execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${leaving.id}::uuid`,
    );
    await app.container.access.usersChanged([leaving.id]);
    await expect(execution().begin(later)).rejects.toMatchObject({ details: { reason: 'export.forbidden' } });
  });

  it('says of one that is gone that it is', async () => {
    const none = '0196b7a4-0000-7000-8000-000000000001';
    expect(await execution().writeRows(none, slice())).toMatchObject({ state: 'gone' });
    expect(await execution().finish(none)).toMatchObject({ state: 'gone' });
    expect(await execution().cancel(none)).toMatchObject({ state: 'gone' });
  });

  it('records for each student whose work is in it that its requester has it', async () => {
    const id = await scene.ask('messages', 'ndjson');
    await scene.make(id);
    const rows = await db().prisma.auditEvent.findMany({ where: { subjectId: id, action: 'work.exported' } });
    expect(rows.map(({ actorId, aboutUserId }) => `${actorId} ${aboutUserId}`).toSorted()).toEqual(
      scene.students.map((student) => `${scene.teacher.id} ${student.id}`).toSorted(),
    );
  });
});

describe('the clean-up of exports', () => {
  const { cleanup } = { cleanup: () => app.container.exports.cleanup };
  const drain = async () => {
    while ((await cleanup().expire({ limit: 2 })) === 2);
  };

  it('deletes expired files, and leaves the others', async () => {
    const [over, kept] = [await scene.ask('gradebook', 'csv'), await scene.ask('messages', 'csv')];
    for (const id of [over, kept]) await scene.make(id);
    await drain();
    await db().execute(sql`UPDATE exports SET expires_at = now() WHERE id = ${over}::uuid`);
    expect(await cleanup().expire({ limit: 10 })).toBe(1);
    expect(await cleanup().expire({ limit: 10 })).toBe(0);
    expect([await keysOf(over), await keysOf(kept)]).toEqual([[], [`exports/${kept}/file`]]);
    expect(await exportOf(over)).toMatchObject({ state: 'expired', can: { download: false } });
    expect(await exportOf(kept)).toMatchObject({ state: 'succeeded' });
  });

  it('ends only exports whose workflow is gone', async () => {
    const started = (id: string, hours: number) =>
      db().execute(
        sql`UPDATE outbox SET state = 'started', started_at = now() - make_interval(hours => ${hours}::int) WHERE subject_id = ${id}::uuid`,
      );
    const ids = [];
    for (const kind of ['roster', 'messages', 'gradebook', 'submissions', 'roster'] as const) {
      const id = await scene.ask(kind, 'csv');
      ids.push(id);
      // Normally one export at a time waits here; this test starts several.
      await execution().begin(id);
    }
    const [terminated, refused, young, waiting, forgotten] = ids as [string, string, string, string, string];
    await execution().writeRows(terminated, slice());
    expect(await keysOf(terminated)).not.toEqual([]);
    await started(terminated, 73);
    await started(young, 71);
    await db().execute(sql`UPDATE outbox SET state = 'failed' WHERE subject_id = ${refused}::uuid`);
    await db().execute(sql`DELETE FROM outbox WHERE subject_id = ${forgotten}::uuid`);
    await db().execute(
      sql`UPDATE exports SET created_at = now() - interval '100 hours' WHERE id IN (${waiting}::uuid, ${forgotten}::uuid)`,
    );
    expect(await walked(2, (part) => cleanup().endLost(part))).toBe(3);
    await cleanup().expire({ limit: 10 });
    for (const id of [terminated, refused, forgotten])
      expect(await exportOf(id)).toMatchObject({ state: 'failed', errorCode: 'export.lost' });
    expect(await keysOf(terminated)).toEqual([]);
    for (const id of [young, waiting]) expect(await exportOf(id)).toMatchObject({ state: 'running' });
  });

  it('removes what a deletion that was cut off has left', async () => {
    const id = await scene.ask('messages', 'csv');
    await scene.make(id);
    await db().execute(sql`UPDATE exports SET state = 'expired' WHERE id = ${id}::uuid`);
    await drain();
    expect(await keysOf(id)).toEqual([]);
  });

  it('forgets exports half a year after their end, once nothing of them is in the storage', async () => {
    const [gone, young, withFile] = [
      await scene.ask('messages', 'csv'),
      await scene.ask('messages', 'csv'),
      await scene.ask('messages', 'csv'),
    ];
    for (const id of [gone, young, withFile]) await scene.make(id);
    await db().execute(
      sql`UPDATE exports SET expires_at = now() WHERE id IN (${gone}::uuid, ${young}::uuid)`,
    );
    await drain();
    await db().execute(
      sql`UPDATE exports SET finished_at = now() - make_interval(days => CASE id WHEN ${young}::uuid THEN 179 ELSE 181 END)
          WHERE id IN (${gone}::uuid, ${young}::uuid, ${withFile}::uuid)`,
    );
    expect(await cleanup().forget({ limit: 10 })).toBe(1);
    expect(await cleanup().forget({ limit: 10 })).toBe(0);
    await scene.asTeacher.get(`/exports/${gone}`).expect(404);
    for (const id of [young, withFile]) await scene.asTeacher.get(`/exports/${id}`).expect(200);
    expect(await scene.auditOf(gone)).toContain('work.exported');
  });

  it('treats only files without an export as orphans', async () => {
    const { owner } = app.container.exports;
    const id = await scene.ask('roster', 'csv');
    const stray = 'exports/0196b7a4-0000-7000-8000-000000000001/file';
    const keys = [`exports/${id}/parts/000000`, stray, 'exports/nonsense'];
    expect([...(await owner.known(keys))]).toEqual([keys[0]]);
  });
});
