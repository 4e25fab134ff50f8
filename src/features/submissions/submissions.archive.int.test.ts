import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Name, submissionsScene } from '../../testing/submissions-scene';

const scene = submissionsScene();
const { clients, ids } = scene;

describe('the work in an archived class', () => {
  let assignment: { id: string };
  let handedIn: string;
  let returned: string;
  let open: string;
  let session: string;

  beforeAll(async () => {
    assignment = await scene.assign();
    returned = await scene.begun(assignment);
    await clients.student.patch(`/submissions/${returned}`).send({ answer: 'Frogs' }).expect(200);
    await scene.handIn(returned).expect(200);
    await scene.grade(returned).expect(200);
    await scene.returnWork(returned).expect(200);
    handedIn = await scene.written(assignment);
    await scene.handIn(handedIn).expect(200);
    open = await scene.begun(assignment);
    session = newId();
    await scene.app.container.platform.db.execute(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id)
          VALUES (${session}::uuid, ${scene.schoolClass.tenantId}::uuid, ${ids.student}::uuid, ${scene.tool.id}::uuid, 1, ${scene.schoolClass.id}::uuid)`,
    );
    await clients.teacher.delete(`/classes/${scene.schoolClass.id}`).expect(204);
  });

  const read = async (name: Name, path: string) => (await clients[name].get(path)).status;

  it('is read on by the student, the teachers, the admin and the guardian, and by nobody new', async () => {
    for (const [path, readers] of [
      [`/submissions/${returned}`, ['student', 'teacher', 'assistant', 'admin', 'guardian']],
      [`/submissions/${handedIn}`, ['student', 'teacher', 'assistant', 'admin']],
      [`/sessions/${session}`, ['student', 'teacher', 'assistant', 'admin']],
    ] as const)
      for (const name of [
        'student',
        'teacher',
        'assistant',
        'admin',
        'guardian',
        'otherGuardian',
        'classmate',
        'colleague',
        'stranger',
      ] as const)
        expect([path, name, await read(name, path)]).toEqual([
          path,
          name,
          (readers as readonly string[]).includes(name) ? 200 : 404,
        ]);
    const { body } = await clients.student.get(`/submissions/${returned}`).expect(200);
    expect(body.data).toMatchObject({ answer: 'Frogs', score: 80 });
    expect(body.data.can).toEqual({ update: false, submit: false, grade: false, return: false });
    const { body: graded } = await clients.teacher.get(`/submissions/${returned}`).expect(200);
    expect(graded.data.draft).toMatchObject({ score: 80 });
  });

  it('is listed as before', async () => {
    for (const base of [
      `/classes/${scene.schoolClass.id}/submissions`,
      `/assignments/${assignment.id}/submissions`,
    ]) {
      const count = async (name: Name) => (await clients[name].get(base).expect(200)).body.data.length;
      for (const name of ['student', 'teacher', 'assistant', 'admin'] as const)
        expect([base, name, await count(name)]).toEqual([base, name, 3]);
      expect(await count('guardian')).toBe(1);
    }
    const { body } = await clients.student.get(`/classes/${scene.schoolClass.id}/assignments`).expect(200);
    expect(body.data).toMatchObject([{ id: assignment.id, can: { start: false, update: false } }]);
  });

  it('is changed by nobody: each write answers 409', async () => {
    const writes = [
      clients.student.post(`/assignments/${assignment.id}/submissions`).send({}),
      clients.student.patch(`/submissions/${open}`).send({ answer: 'Late frogs' }),
      clients.student.post(`/submissions/${open}/submit`).send({}),
      clients.student.post('/sessions').send({ submissionId: open }),
      clients.student.post(`/sessions/${session}/messages`).send({ content: 'Hello' }),
      clients.student.post(`/sessions/${session}/complete`).send({}),
      clients.teacher.post(`/sessions/${session}/stop`).send({}),
      clients.teacher.post(`/submissions/${handedIn}/grade`).send({ score: 1 }),
      clients.admin.post(`/submissions/${handedIn}/grade`).send({ score: 1 }),
      clients.admin.post(`/submissions/${handedIn}/return`).send({}),
      clients.teacher.patch(`/assignments/${assignment.id}`).send({ title: 'New' }),
      clients.admin.post(`/assignments/${assignment.id}/close`).send({}),
      ...(['teacher', 'admin'] as const).flatMap((name) => [
        clients[name].delete(`/assignments/${assignment.id}`),
        clients[name].post(`/assignments/${assignment.id}/archive`).send({}),
        clients[name].post(`/assignments/${assignment.id}/restore`).send({}),
      ]),
      clients.admin
        .post('/assignments')
        .send({ classId: scene.schoolClass.id, toolId: scene.tool.id, title: 'New' }),
    ];
    for (const [index, write] of writes.entries()) {
      const { status, body } = await write;
      expect([index, status, body.error?.details.reason]).toEqual([index, 409, 'class.archived']);
    }
  });

  it('can be exported by people who could before', async () => {
    for (const kind of ['gradebook', 'roster'] as const)
      for (const name of ['teacher', 'admin'] as const)
        await clients[name]
          .post('/exports')
          .send({ kind, format: 'csv', scope: { classId: scene.schoolClass.id } })
          .expect(202);
    await clients.student
      .post('/exports')
      .send({ kind: 'gradebook', format: 'csv', scope: { classId: scene.schoolClass.id } })
      .expect(403);
  });

  it('is as it was when the class is restored', async () => {
    await clients.teacher.post(`/classes/${scene.schoolClass.id}/restore`).expect(200);
    await clients.student.patch(`/submissions/${open}`).send({ answer: 'Late frogs' }).expect(200);
    await scene.returnWork(handedIn).expect(200);
  });
});
