import { type Name, submissionsScene } from '../../../testing/submissions-scene';

describe('taking assignments away', () => {
  const scene = submissionsScene();
  const { assign, begin, handIn, grade, returnWork: giveBack, reasonOf, trail, ids, clients } = scene;

  type Assignment = { id: string };
  const act = (what: 'archive' | 'restore', { id }: Assignment, name: Name = 'teacher') =>
    clients[name].post(`/assignments/${id}/${what}`).send({});
  const remove = ({ id }: Assignment, name: Name = 'teacher') => clients[name].delete(`/assignments/${id}`);
  const see = async ({ id }: Assignment, name: Name = 'student') =>
    (await clients[name].get(`/assignments/${id}`)).status;
  const written = async (assignment: Assignment): Promise<string> => {
    const id = (await begin(assignment)).body.data.id as string;
    await clients.student.patch(`/submissions/${id}`).send({ answer: 'My answer' });
    return id;
  };
  const handedIn = async (assignment: Assignment): Promise<string> => {
    const id = await written(assignment);
    await handIn(id);
    return id;
  };
  const listed = async (name: Name, query = '') =>
    (
      await clients[name].get(
        `/classes/${scene.schoolClass.id}/assignments?limit=100&sort=-createdAt${query}`,
      )
    ).body.data.map((each: Assignment) => each.id);

  describe('DELETE /assignments/:id', () => {
    it('refuses an assignment with submitted work, which its student can still read', async () => {
      const assignment = await assign();
      const id = await handedIn(assignment);
      for (const name of ['teacher', 'admin'] as const)
        expect([name, reasonOf(await remove(assignment, name))]).toEqual([
          name,
          [409, 'assignment.has_work'],
        ]);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.answer).toBe('My answer');
      expect(await trail(assignment.id)).toEqual([]);
    });

    it('is not for assistants, whatever was submitted', async () => {
      const assignment = await assign();
      for (const name of ['assistant', 'student', 'guardian', 'colleague'] as const) {
        expect([name, (await remove(assignment, name)).status]).toEqual([name, 403]);
        expect([name, (await act('archive', assignment, name)).status]).toEqual([name, 403]);
        expect([name, (await act('restore', assignment, name)).status]).toEqual([name, 403]);
      }
      const { can } = (await clients.assistant.get(`/assignments/${assignment.id}`)).body.data;
      expect(can).toMatchObject({ update: true, archive: false, delete: false, restore: false });
    });

    it('hides an assignment without handed-in work until a teacher restores it', async () => {
      const assignment = await assign();
      const id = await written(assignment);
      expect((await remove(assignment)).status).toBe(204);
      expect([await see(assignment), await see(assignment, 'teacher')]).toEqual([404, 404]);
      expect((await remove(assignment)).status).toBe(404);
      for (const name of ['student', 'assistant', 'stranger'] as const)
        expect([name, (await act('restore', assignment, name)).status]).toEqual([name, 404]);
      const restored = await act('restore', assignment);
      expect([restored.status, restored.body.data.state]).toEqual([200, 'published']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.answer).toBe('My answer');
      expect(await trail(assignment.id)).toEqual(['assignment.deleted', 'assignment.restored']);
    });

    it('never succeeds together with a simultaneous submission', async () => {
      for (let round = 0; round < 5; round += 1) {
        const assignment = await assign();
        const id = await written(assignment);
        const [removed] = await Promise.all([remove(assignment), handIn(id)]);
        const state = (await clients.student.get(`/submissions/${id}`)).body.data?.state;
        expect([removed.status, state]).toEqual(
          removed.status === 204 ? [204, undefined] : [409, 'submitted'],
        );
        // No work was submitted for the deleted assignment.
        await act('restore', assignment);
        const after = (await clients.student.get(`/submissions/${id}`)).body.data.state;
        expect(after).toBe(removed.status === 204 ? 'in_progress' : 'submitted');
      }
    });
  });

  describe('POST /assignments/:id/archive', () => {
    it('makes the assignment read-only for student and teacher, and its work stays readable', async () => {
      const assignment = await assign();
      const id = await handedIn(assignment);
      const inProgress = await written(assignment);
      await grade(id, { score: 80, return: true });
      const archived = await act('archive', assignment);
      expect([archived.status, archived.body.data.state]).toEqual([200, 'archived']);
      expect(archived.body.data.can).toEqual(
        expect.objectContaining({
          ...{ update: false, publish: false, override: false, start: false, grade: false },
          ...{ archive: false, delete: false, restore: true },
        }),
      );
      for (const name of ['student', 'teacher', 'guardian'] as const)
        expect([name, (await clients[name].get(`/submissions/${id}`)).body.data?.score]).toEqual([name, 80]);
      expect([await see(assignment), await see(assignment, 'assistant')]).toEqual([200, 200]);

      const refused = [409, 'assignment.archived'];
      const path = `/assignments/${assignment.id}`;
      for (const answer of [
        await begin(assignment),
        await clients.student.patch(`/submissions/${inProgress}`).send({ answer: 'More' }),
        await handIn(inProgress),
        await grade(id, { score: 1 }),
        await giveBack(id, { allowAnotherAttempt: true }),
        await clients.teacher.post(`${path}/return`).send({}),
        await clients.teacher.patch(path).send({ title: 'Another' }),
        await clients.teacher.post(`${path}/publish`).send({}),
        await clients.teacher.post(`${path}/close`).send({}),
        await clients.teacher.put(`${path}/overrides/${ids.student}`).send({ excused: true }),
        await clients.teacher.delete(`${path}/overrides/${ids.student}`),
      ])
        expect([answer.request.url, ...reasonOf(answer)]).toEqual([answer.request.url, ...refused]);
      expect(reasonOf(await remove(assignment))).toEqual([409, 'assignment.has_work']);
    });

    it('hides it from the class list unless it is requested', async () => {
      const assignment = await assign();
      const before = new Date(Date.now() - 60_000).toISOString();
      await act('archive', assignment);
      for (const name of ['student', 'teacher'] as const) {
        expect(await listed(name)).not.toContain(assignment.id);
        expect(await listed(name, '&state=archived')).toContain(assignment.id);
        expect(await listed(name, `&updatedSince=${before}`)).toContain(assignment.id);
      }
    });

    it('can be repeated and undone, and a draft is deleted instead', async () => {
      for (const state of ['published', 'closed'] as const) {
        const assignment = await assign({ state });
        const first = await act('archive', assignment);
        expect((await act('archive', assignment)).headers.etag).toBe(first.headers.etag);
        expect((await act('restore', assignment)).body.data.state).toBe(state);
        expect((await act('restore', assignment)).status).toBe(200);
        expect(await trail(assignment.id)).toEqual(['assignment.archived', 'assignment.restored']);
      }
      expect(reasonOf(await act('archive', await assign({ state: 'draft' })))).toEqual([
        409,
        'assignment.not_published',
      ]);
      const stale = clients.teacher
        .post(`/assignments/${(await assign()).id}/archive`)
        .set('If-Match', '"9"')
        .send({});
      expect((await stale).status).toBe(412);
      expect((await act('archive', await assign(), 'stranger')).status).toBe(404);
      expect((await scene.app.anonymous.post(`/assignments/${ids.student}/archive`).send({})).status).toBe(
        401,
      );
      expect((await clients.teacher.post('/assignments/x/restore').send({})).status).toBe(400);
    });
  });

  it('does not let an administrator who is a student of the class change their own override', async () => {
    await scene.world.classMember(scene.schoolClass, 'student', { id: ids.admin });
    const path = `/assignments/${(await assign()).id}/overrides/${ids.admin}`;
    const own = [403, 'assignment.own_override'];
    expect(reasonOf(await clients.admin.put(path).send({ maxAttempts: 9 }))).toEqual(own);
    expect((await clients.teacher.put(path).send({ maxAttempts: 9 })).status).toBe(200);
    expect(reasonOf(await clients.admin.delete(path))).toEqual(own);
  });

  describe('changing the points', () => {
    const points = ({ id }: Assignment, body: object) =>
      clients.teacher.patch(`/assignments/${id}`).send(body);

    it('is refused below existing scores and changes nothing', async () => {
      const assignment = await assign();
      const [returned, draft] = [await handedIn(assignment), await handedIn(assignment)];
      await grade(returned, { score: 80, return: true });
      await grade(draft, { score: 60 });
      const refused = await points(assignment, { points: 50 });
      expect(reasonOf(refused)).toEqual([409, 'assignment.scores_above_points']);
      expect(refused.body.error.details.count).toBe(2);
      expect((await points(assignment, { points: 70 })).body.error.details.count).toBe(1);
      expect((await points(assignment, { points: 80 })).status).toBe(200);
      expect((await points(assignment, { points: 200 })).status).toBe(200);
      expect((await clients.student.get(`/submissions/${returned}`)).body.data).toMatchObject({
        score: 80,
        points: 200,
      });
    });

    it('scales the scores if the teacher asks for it, with a record for each student', async () => {
      const assignment = await assign();
      const id = await handedIn(assignment);
      await grade(id, { score: 80, return: true });
      await grade(id, { score: 33.33 });
      const answer = await points(assignment, { points: 10, scores: 'scale' });
      expect([answer.status, answer.body.data.points]).toEqual([200, 10]);
      expect((await clients.teacher.get(`/submissions/${id}`)).body.data).toMatchObject({
        score: 8,
        points: 10,
        draft: { score: 3.33 },
      });
      const events = await scene.app.container.platform.db.prisma.auditEvent.findMany({
        where: { subjectId: assignment.id, action: 'assignment.scores_scaled' },
      });
      expect(events).toEqual([
        expect.objectContaining({ aboutUserId: ids.student, details: { from: 100, to: 10 } }),
      ]);
      expect((await points(assignment, { points: 10, scores: 'clamp' })).status).toBe(400);
    });

    it('never leaves a score above the points, even with a simultaneous grade', async () => {
      for (let round = 0; round < 5; round += 1) {
        const assignment = await assign();
        const id = await handedIn(assignment);
        await Promise.all([grade(id, { score: 90, return: true }), points(assignment, { points: 50 })]);
        const seen = (await clients.teacher.get(`/submissions/${id}`)).body.data;
        expect(seen.draft.score ?? 0).toBeLessThanOrEqual(seen.points);
      }
    });
  });
});
