import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { type Client, createTestApp, type TestApp } from './app';
import { World } from './world';

/**
 * A client that keeps a copy asks for what has changed since its last request. Whenever anything that an
 * item shows changes, the list must return the item again.
 */
describe('updatedSince', () => {
  let app: TestApp;
  let world: World;
  let teacher: Client;
  let student: Client;
  let admin: Client;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    const district = await world.group();
    const school = await world.group({ under: district });
    const schoolClass = await world.class(school);
    const author = await world.member(school, 'teacher');
    const pupil = await world.classMember(
      schoolClass,
      'student',
      await world.user({ tenantId: district.id }),
    );
    await world.classMember(schoolClass, 'teacher', author);
    const tool = await world.tool(school, author);
    const assignment = await world.assignment(schoolClass, tool, author, { pin: 'follow_latest' });
    const submission = await world.submission(assignment, pupil, { answer: 'Mine' });
    Object.assign(ids, {
      district: district.id,
      school: school.id,
      schoolClass: schoolClass.id,
      author: author.id,
      pupil: pupil.id,
      tool: tool.id,
      assignment: assignment.id,
      submission: submission.id,
    });
    teacher = await app.as(author.id);
    student = await app.as(pupil.id);
    admin = await app.as((await world.member(district, 'admin')).id);
  });
  afterAll(() => app.close());

  const update = (statement: ReturnType<typeof sql>) => app.container.platform.db.execute(statement);
  const rename = (table: 'classes' | 'groups' | 'users', id: string) =>
    table === 'classes'
      ? update(sql`UPDATE classes SET name = name || 'x' WHERE id = ${id}::uuid`)
      : table === 'groups'
        ? update(sql`UPDATE groups SET name = name || 'x' WHERE id = ${id}::uuid`)
        : update(sql`UPDATE users SET name = name || 'x' WHERE id = ${id}::uuid`);
  const override = (body: object) =>
    teacher.put(`/assignments/${ids.assignment}/overrides/${ids.pupil}`).send(body).expect(200);
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  /** Whether the list returns the item after the change, and not before. */
  async function expectMoved(client: Client, path: string, id: string, change: () => PromiseLike<unknown>) {
    // Later than everything before, by the database's clock as well.
    await sleep(20);
    const since = new Date().toISOString();
    const list = async () => {
      const { body } = await client.get(`${path}?limit=100&updatedSince=${since}`).expect(200);
      return (body.data as { id: string }[]).some((item) => item.id === id);
    };
    expect(await list()).toBe(false);
    await change();
    expect(await list()).toBe(true);
  }

  const assignments = () => `/classes/${ids.schoolClass}/assignments`;
  const submissions = () => `/assignments/${ids.assignment}/submissions`;

  it.each<[string, () => PromiseLike<unknown>]>([
    ['its title', () => teacher.patch(`/assignments/${ids.assignment}`).send({ title: 'New' }).expect(200)],
    ['an extension', () => override({ dueAt: inHours(48) })],
    ['another extension', () => override({ dueAt: inHours(72) })],
    [
      'the removal of the extension',
      () => teacher.delete(`/assignments/${ids.assignment}/overrides/${ids.pupil}`).expect(204),
    ],
    ['the name of its class', () => rename('classes', ids.schoolClass ?? '')],
    [
      'the time zone of a group above',
      () =>
        update(
          sql`UPDATE groups SET settings = '{"timezone":"Asia/Tokyo"}' WHERE id = ${ids.district}::uuid`,
        ),
    ],
    [
      'the version of its tool',
      () => update(sql`UPDATE tools SET name = name || 'x' WHERE id = ${ids.tool}::uuid`),
    ],
    ['one’s own hand-in', () => student.post(`/submissions/${ids.submission}/submit`).send({}).expect(200)],
    [
      'one’s own returned work',
      () => teacher.post(`/submissions/${ids.submission}/return`).send({}).expect(200),
    ],
  ])('of the assignments of a student moves with %s', async (_what, change) => {
    await expectMoved(student, assignments(), ids.assignment ?? '', change);
  });

  it('of all assignments moves with the student’s override and submission, and with work to grade', async () => {
    const next = await world.submission(
      { id: ids.assignment ?? '' },
      { id: ids.pupil ?? '' },
      { attempt: 2, answer: 'Mine' },
    );
    const id = ids.assignment ?? '';
    await expectMoved(student, '/assignments', id, () => override({ dueAt: inHours(96) }));
    await expectMoved(student, '/assignments', id, () => rename('classes', ids.schoolClass ?? ''));
    await expectMoved(teacher, '/assignments', id, () =>
      student.post(`/submissions/${next.id}/submit`).send({}).expect(200),
    );
    await expectMoved(teacher, '/assignments', id, () =>
      teacher.post(`/submissions/${next.id}/grade`).send({ score: 1 }).expect(200),
    );
  });

  it('of the assignments of a student moves when one opens', async () => {
    await override({ opensAt: new Date(Date.now() + 1_500).toISOString() });
    const since = new Date(Date.now() + 1_000).toISOString();
    const list = async () =>
      (await student.get(`${assignments()}?updatedSince=${since}`).expect(200)).body.data.length;
    expect(await list()).toBe(0);
    while ((await list()) === 0) expect(Date.now()).toBeLessThan(Date.parse(since) + 20_000);
  });

  it('of the attempts moves with what an attempt in progress shows, and with names and points', async () => {
    await override({});
    const fresh = await world.submission(
      { id: ids.assignment ?? '' },
      { id: ids.pupil ?? '' },
      { attempt: 3 },
    );
    for (const client of [student, teacher]) {
      await expectMoved(client, submissions(), fresh.id, () =>
        override({ dueAt: inHours(99 + Math.random()) }),
      );
      await expectMoved(client, submissions(), fresh.id, () =>
        teacher.patch(`/assignments/${ids.assignment}`).send({ points: 50 }).expect(200),
      );
      await expectMoved(client, submissions(), fresh.id, () => rename('users', ids.pupil ?? ''));
      await expectMoved(client, submissions(), fresh.id, () =>
        student
          .patch(`/submissions/${fresh.id}`)
          .send({ answer: String(Math.random()) })
          .expect(200),
      );
    }
  });

  it('of the attempts moves for the student when work is returned, and not with a draft grade', async () => {
    await expectMoved(teacher, submissions(), ids.submission ?? '', () =>
      teacher.post(`/submissions/${ids.submission}/grade`).send({ score: 7 }).expect(200),
    );
    await expectMoved(student, submissions(), ids.submission ?? '', () =>
      teacher.post(`/submissions/${ids.submission}/return`).send({}).expect(200),
    );
  });

  it('of the classes moves when members join or leave, and with the name of the group', async () => {
    const id = ids.schoolClass ?? '';
    const { id: joiner } = await world.user({ tenantId: ids.district ?? '' });
    await expectMoved(teacher, '/classes', id, () =>
      world.classMember({ id, tenantId: ids.district ?? '' }, 'student', { id: joiner }),
    );
    await expectMoved(teacher, '/classes', id, () =>
      update(sql`DELETE FROM class_members WHERE user_id = ${joiner}::uuid`),
    );
    await expectMoved(teacher, '/classes', id, () => rename('groups', ids.school ?? ''));
    await expectMoved(teacher, '/classes', id, () => rename('classes', id));
    // A new member does not make a teacher's edit fail.
    const { etag } = (await teacher.get(`/classes/${id}`)).headers;
    await world.classMember({ id, tenantId: ids.district ?? '' }, 'student', { id: joiner });
    expect(
      (
        await teacher
          .patch(`/classes/${id}`)
          .set('If-Match', etag ?? '')
          .send({ name: 'New' })
      ).status,
    ).toBe(200);
  });

  it('of the tools moves with the name of the author, of groups with their own, of people with a sign-in', async () => {
    await expectMoved(teacher, '/tools', ids.tool ?? '', () => rename('users', ids.author ?? ''));
    await expectMoved(admin, '/groups', ids.school ?? '', () => rename('groups', ids.school ?? ''));
    await expectMoved(admin, '/users', ids.pupil ?? '', () =>
      update(sql`UPDATE users SET last_login_at = now() WHERE id = ${ids.pupil}::uuid`),
    );
    await expectMoved(admin, '/users', ids.pupil ?? '', () =>
      update(
        sql`INSERT INTO auth_identities (id, user_id, provider, issuer, subject)
            VALUES (${newId()}::uuid, ${ids.pupil}::uuid, 'google', 'https://accounts.google.com', 'pupil')`,
      ),
    );
  });
});
