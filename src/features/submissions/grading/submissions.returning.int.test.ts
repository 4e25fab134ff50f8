import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { hours, type Name, submissionsScene } from '../../../testing/submissions-scene';

describe('returning work', () => {
  const scene = submissionsScene();
  const { assign, begin, begun, handIn, grade, returnWork: giveBack, reasonOf, trail, ids, clients } = scene;

  const handedIn = async (assignment: { id: string }, name: Name = 'student'): Promise<string> => {
    const id = (await begin(assignment, name)).body.data.id as string;
    await clients[name].patch(`/submissions/${id}`).send({ answer: 'My answer' });
    await handIn(id, name);
    return id;
  };
  const returnAll = (assignment: { id: string }, name: Name = 'teacher') =>
    clients[name].post(`/assignments/${assignment.id}/return`).send({});
  /** The recipients of each return of an assignment's work. */
  const announced = async (assignmentId: string): Promise<string[]> => {
    const rows = await scene.app.container.platform.db.rows(
      sql`SELECT user_ids[1] AS "userId" FROM notification_events
          WHERE event = 'submission.returned' AND assignment_id = ${assignmentId}::uuid ORDER BY id`,
      z.object({ userId: z.string() }),
    );
    return rows.map(({ userId }) => userId);
  };

  it('changes nothing and notifies nobody the second and third time, and returns another grade once', async () => {
    const assignment = await assign();
    const id = await handedIn(assignment);
    await grade(id);
    const first = await giveBack(id);
    expect(first.status).toBe(200);
    scene.setTime(hours(1));
    const again = await Promise.all([giveBack(id), giveBack(id), giveBack(id)]);
    for (const { status, body, headers } of again) {
      expect([status, headers.etag]).toEqual([200, first.headers.etag]);
      expect(body.data).toEqual(first.body.data);
    }
    expect(await announced(assignment.id)).toEqual([ids.student]);
    expect((await trail(id)).filter((action) => action === 'submission.returned')).toHaveLength(1);

    await grade(id, { score: 90 });
    await Promise.all([giveBack(id), giveBack(id), giveBack(id)]);
    expect((await clients.student.get(`/submissions/${id}`)).body.data.score).toBe(90);
    expect(await announced(assignment.id)).toEqual([ids.student, ids.student]);
  });

  it('notifies once for three simultaneous requests', async () => {
    const assignment = await assign();
    const id = await handedIn(assignment);
    await grade(id);
    await Promise.all([giveBack(id), giveBack(id), giveBack(id)]);
    expect(await announced(assignment.id)).toEqual([ids.student]);
  });

  it('grades and returns in one call, and repeating it changes nothing', async () => {
    const assignment = await assign();
    const id = await handedIn(assignment);
    const body = { score: 77, feedback: 'Well done.', return: true };
    const first = await grade(id, body);
    expect(first.body.data).toMatchObject({ state: 'returned', score: 77, feedback: 'Well done.' });
    scene.setTime(hours(1));
    const second = await grade(id, body);
    expect([second.status, second.headers.etag]).toEqual([200, first.headers.etag]);
    expect(second.body.data).toEqual(first.body.data);
    expect(await announced(assignment.id)).toEqual([ids.student]);
    expect(await trail(id)).toEqual([
      'submission.started',
      'submission.answered',
      'submission.submitted',
      'submission.graded',
      'submission.returned',
    ]);
    // An existing draft is returned without a new grade.
    await grade(id, { score: 78 });
    expect((await grade(id, { score: 78, return: true })).body.data.score).toBe(78);
    expect(reasonOf(await grade(await begun(), body))).toEqual([409, 'submission.not_submitted']);
    expect((await grade(id, { ...body, return: 'yes' })).status).toBe(400);
  });

  it('returns all graded work of an assignment together, and notifies each student once', async () => {
    const assignment = await assign();
    const [first, second, ben] = [
      await handedIn(assignment),
      await handedIn(assignment),
      await handedIn(assignment, 'classmate'),
    ];
    const ungraded = await handedIn(assignment, 'classmate');
    for (const id of [first, second, ben]) await grade(id);

    expect((await returnAll(assignment)).body.data).toEqual({ returned: 3 });
    const stateOf = async (id: string) => (await clients.teacher.get(`/submissions/${id}`)).body.data.state;
    expect(await Promise.all([first, second, ben, ungraded].map(stateOf))).toEqual([
      'returned',
      'returned',
      'returned',
      'submitted',
    ]);
    expect((await clients.student.get(`/submissions/${second}`)).body.data.score).toBe(80);
    expect((await announced(assignment.id)).sort()).toEqual([ids.student, ids.classmate].sort());
    expect(await trail(ben)).toContain('submission.returned');

    const again = await Promise.all([returnAll(assignment), returnAll(assignment)]);
    expect(again.map(({ body }) => body.data)).toEqual([{ returned: 0 }, { returned: 0 }]);
    expect(await announced(assignment.id)).toHaveLength(2);
    await grade(first, { score: 81 });
    expect((await returnAll(assignment)).body.data).toEqual({ returned: 1 });
    expect(await announced(assignment.id)).toHaveLength(3);
  });

  it('lets the teachers of the class and the admins of its group return all work', async () => {
    const assignment = await assign();
    for (const name of ['teacher', 'admin'] as const)
      expect([name, (await returnAll(assignment, name)).status]).toEqual([name, 200]);
    for (const name of ['student', 'assistant', 'guardian', 'colleague', 'staff', 'platformAdmin'] as const)
      expect([name, (await returnAll(assignment, name)).status]).toEqual([name, 403]);
    expect((await returnAll(assignment, 'stranger')).status).toBe(404);
    expect((await scene.app.anonymous.post(`/assignments/${assignment.id}/return`).send({})).status).toBe(
      401,
    );
    expect((await clients.teacher.post('/assignments/x/return').send({})).status).toBe(400);
  });

  describe('of your own', () => {
    const roleInClass = async (userId: string, role: string) => {
      const { platform, access } = scene.app.container;
      await platform.db.execute(
        sql`UPDATE class_members SET role = ${role} WHERE class_id = ${scene.schoolClass.id}::uuid AND user_id = ${userId}::uuid`,
      );
      await access.usersChanged([userId]);
    };

    it('does not let an administrator who is a student of the class grade or return their own work', async () => {
      await scene.world.classMember(scene.schoolClass, 'student', { id: ids.admin });
      const assignment = await assign();
      const id = await handedIn(assignment, 'admin');
      for (const act of [grade, giveBack])
        expect(reasonOf(await act(id, {}, 'admin'))).toEqual([403, 'submission.own_work']);
      const seen = (await clients.admin.get(`/submissions/${id}`)).body.data;
      expect(seen.can).toMatchObject({ grade: false, return: false });
      await grade(id);
      expect((await clients.admin.get(`/submissions/${id}`)).body.data.draft).toBeNull();
      expect((await returnAll(assignment, 'admin')).body.data).toEqual({ returned: 0 });
      expect((await returnAll(assignment)).body.data).toEqual({ returned: 1 });
    });

    it('does not let a student who became a teacher grade their own work', async () => {
      const assignment = await assign();
      const id = await handedIn(assignment, 'classmate');
      await roleInClass(ids.classmate, 'teacher');
      for (const act of [grade, giveBack])
        expect(reasonOf(await act(id, {}, 'classmate'))).toEqual([403, 'submission.own_work']);
      expect((await grade(await handedIn(assignment), {}, 'classmate')).status).toBe(200);
      await roleInClass(ids.classmate, 'student');
    });
  });
});
