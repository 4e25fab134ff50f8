import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { hours, iso, type Name, submissionsScene } from '../../../testing/submissions-scene';

describe('reading and grading submissions', () => {
  const scene = submissionsScene();
  const {
    assign,
    begin,
    written,
    handIn,
    grade,
    returnWork: giveBack,
    reasonOf,
    trail,
    ids,
    clients,
  } = scene;

  describe('grading and returning', () => {
    it('hides the draft from everybody except people who grade, in every answer, until it is returned', async () => {
      const assignment = await assign();
      const id = await written(assignment);
      await clients.student.patch(`/submissions/${id}`).send({ answer: 'My answer' });
      await handIn(id);
      const paths = [
        `/submissions/${id}`,
        `/assignments/${assignment.id}/submissions`,
        `/classes/${scene.schoolClass.id}/submissions?limit=100`,
        `/assignments/${assignment.id}`,
        `/classes/${scene.schoolClass.id}/assignments`,
      ];
      const look = async (name: Name) => {
        const answers = [];
        for (const path of paths) {
          const { status, body, headers } = await clients[name].get(path);
          answers.push({
            path,
            status,
            body: body.error === undefined ? body : body.error.code,
            etag: headers.etag,
          });
        }
        return answers;
      };
      const blind = ['student', 'assistant', 'guardian', 'classmate'] as const;
      const before = await Promise.all(blind.map(look));
      scene.setTime(hours(1));
      expect((await grade(id, { score: 77.5, feedback: 'DRAFT feedback' })).body.data).toMatchObject({
        state: 'submitted',
        score: null,
        feedback: null,
        draft: { score: 77.5, feedback: 'DRAFT feedback', gradedAt: iso(1) },
      });
      scene.setTime(hours(0));
      expect(await Promise.all(blind.map(look))).toEqual(before);
      scene.setTime(hours(1));
      for (const name of ['teacher', 'admin'] as const)
        expect((await clients[name].get(paths[1] as string)).body.data[0].draft.score).toBe(77.5);

      expect((await giveBack(id)).body.data).toMatchObject({
        state: 'returned',
        score: 77.5,
        feedback: 'DRAFT feedback',
        returnedAt: iso(1),
      });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject({
        state: 'returned',
        score: 77.5,
        feedback: 'DRAFT feedback',
        draft: null,
        answer: 'My answer',
      });
      expect((await clients.student.get(paths[1] as string)).body.data[0]).toMatchObject({
        score: 77.5,
        draft: null,
      });
    });

    it('keeps a second grade as a draft until it is returned', async () => {
      const id = await written();
      await handIn(id);
      await grade(id, { score: 50 });
      await giveBack(id);
      await grade(id, { score: 60 });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject({
        score: 50,
        draft: null,
      });
      await giveBack(id);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.score).toBe(60);
    });

    it('keep omitted fields, and stay within the points', async () => {
      const id = await written();
      expect(reasonOf(await grade(id))).toEqual([409, 'submission.not_submitted']);
      expect(reasonOf(await giveBack(id))).toEqual([409, 'submission.not_submitted']);
      await handIn(id);
      await grade(id, { score: 100 });
      expect((await grade(id, { feedback: 'Good' })).body.data.draft).toMatchObject({
        score: 100,
        feedback: 'Good',
      });
      const tooHigh = await grade(id, { score: 100.5 });
      expect([tooHigh.status, tooHigh.body.error.details.issues[0].path]).toEqual([400, 'body.score']);
      for (const body of [
        { score: -1 },
        { score: '5' },
        { score: 1.234 },
        { grade: 5 },
        { feedback: 'x'.repeat(20_001) },
      ])
        expect((await grade(id, body)).status).toBe(400);
      expect(
        (await clients.teacher.post(`/submissions/${id}/grade`).set('If-Match', '"1"').send({ score: 1 }))
          .status,
      ).toBe(412);
    });

    it('are for the teachers of the class and the admins of its group', async () => {
      const id = await written();
      await handIn(id);
      for (const act of [grade, giveBack]) {
        for (const name of ['student', 'assistant'] as const)
          expect([name, (await act(id, {}, name)).status]).toEqual([name, 403]);
        for (const name of [
          'classmate',
          'guardian',
          'colleague',
          'staff',
          'stranger',
          'platformAdmin',
        ] as const)
          expect([name, (await act(id, {}, name)).status]).toEqual([name, 404]);
        for (const name of ['teacher', 'admin'] as const)
          expect([name, (await act(id, {}, name)).status]).toEqual([name, 200]);
      }
      expect((await scene.app.anonymous.post(`/submissions/${id}/grade`).send({})).status).toBe(401);
      expect((await scene.app.anonymous.post(`/submissions/${id}/return`).send({})).status).toBe(401);
      expect(await trail(id)).toEqual([
        'submission.started',
        'submission.submitted',
        'submission.graded',
        'submission.returned',
      ]);
    });

    it('can be followed by another attempt, which is granted if none is left', async () => {
      const assignment = await assign({ maxAttempts: 1 });
      const id = await written(assignment);
      await handIn(id);
      await giveBack(id);
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect((await giveBack(id, { allowAnotherAttempt: true })).status).toBe(200);
      const second = await written(assignment);
      expect((await handIn(second)).body.data.attempt).toBe(2);
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect(reasonOf(await begin(assignment, 'classmate'))).toEqual([201, undefined]);
    });

    it('grants nothing if attempts are left, and grants beyond an override', async () => {
      const assignment = await assign({ maxAttempts: 2 });
      const id = await written(assignment);
      await handIn(id);
      await giveBack(id, { allowAnotherAttempt: true });
      expect((await clients.teacher.get(`/assignments/${assignment.id}/overrides`)).body.data).toEqual([]);
      const path = `/assignments/${assignment.id}/overrides/${ids.student}`;
      await clients.teacher.put(path).send({ maxAttempts: 1, dueAt: iso(5) });
      await giveBack(id, { allowAnotherAttempt: true });
      expect((await clients.teacher.get(`/assignments/${assignment.id}/overrides`)).body.data).toEqual([
        expect.objectContaining({ maxAttempts: 2, dueAt: iso(5) }),
      ]);
    });
  });

  describe('GET /submissions/:id', () => {
    it('is for its owner, for people who teach, and for a guardian after it is returned', async () => {
      const id = await written();
      const see = async (names: readonly Name[], status: number) => {
        for (const name of names)
          expect([name, (await clients[name].get(`/submissions/${id}`)).status]).toEqual([name, status]);
      };
      const never = [
        'classmate',
        'otherGuardian',
        'colleague',
        'staff',
        'stranger',
        'platformAdmin',
      ] as const;
      await see(['student', 'teacher', 'assistant', 'admin'], 200);
      await see([...never, 'guardian'], 404);
      await clients.student.patch(`/submissions/${id}`).send({ answer: 'My answer' });
      await handIn(id);
      await see(['guardian'], 404);
      await grade(id);
      await giveBack(id);
      await see(never, 404);
      const seen = await clients.guardian.get(`/submissions/${id}`);
      expect(seen.body.data).toMatchObject({
        state: 'returned',
        score: 80,
        feedback: 'DRAFT feedback',
        answer: null,
        draft: null,
        sessionId: null,
        runId: null,
      });
      expect((await scene.app.anonymous.get(`/submissions/${id}`)).status).toBe(401);
      expect((await clients.student.get('/submissions/x')).status).toBe(400);
    });

    it('records who read another student’s work, but not their own or a list', async () => {
      const assignment = await assign();
      const id = await written(assignment);
      await clients.student.get(`/submissions/${id}`);
      await clients.teacher.get(`/assignments/${assignment.id}/submissions`);
      await clients.teacher.get(`/submissions/${id}`);
      const reads = await scene.app.container.platform.db.prisma.auditEvent.findMany({
        where: { subjectId: id, action: 'submission.read' },
      });
      expect(reads).toEqual([expect.objectContaining({ actorId: ids.teacher, aboutUserId: ids.student })]);
    });

    it('names the chat and the run on it', async () => {
      const id = await written();
      const sessionId = newId();
      await scene.app.container.platform.db.execute(
        sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id)
            VALUES (${sessionId}::uuid, ${scene.schoolClass.tenantId}::uuid, ${ids.student}::uuid, ${scene.tool.id}::uuid, 1, ${scene.schoolClass.id}::uuid, ${id}::uuid)`,
      );
      expect((await clients.teacher.get(`/submissions/${id}`)).body.data).toMatchObject({
        sessionId,
        runId: null,
      });
    });
  });

  describe('lists', () => {
    it('contain all work for people who teach, and their own work for students', async () => {
      const other = await scene.world.class({
        id: scene.schoolClass.groupId,
        tenantId: scene.schoolClass.tenantId,
      });
      for (const [name, role] of [
        ['teacher', 'teacher'],
        ['student', 'student'],
        ['classmate', 'student'],
        ['assistant', 'assistant'],
      ] as const) {
        await scene.world.classMember(other, role, { id: ids[name] });
      }
      const assignment = await scene.world.assignment(
        other,
        scene.tool,
        { id: ids.teacher },
        { dueAt: hours(1) },
      );
      const ada = await written(assignment);
      const ben = (await begin(assignment, 'classmate')).body.data.id;
      await clients.classmate.patch(`/submissions/${ben}`).send({ answer: 'SECRET answer' });
      scene.setTime(hours(2));
      await handIn(ada);
      await grade(ada);
      await giveBack(ada);

      for (const base of [`/assignments/${assignment.id}/submissions`, `/classes/${other.id}/submissions`]) {
        const list = async (name: Name, query = '') => {
          const response = await clients[name].get(`${base}?sort=userName&${query}`);
          expect([name, response.status]).toEqual([name, 200]);
          expect(response.text).not.toContain('SECRET');
          return response.body.data.map((each: { user: { name: string } }) => each.user.name);
        };
        for (const name of ['teacher', 'assistant', 'admin'] as const)
          expect([name, await list(name)]).toEqual([name, ['Ada', 'Ben']]);
        expect(await list('student')).toEqual(['Ada']);
        expect(await list('classmate')).toEqual(['Ben']);
        expect(await list('guardian')).toEqual(['Ada']);
        expect(await list('otherGuardian')).toEqual([]);
        for (const name of ['colleague', 'staff', 'platformAdmin'] as const)
          expect([name, (await clients[name].get(base)).status]).toEqual([name, 403]);
        expect((await clients.stranger.get(base)).status).toBe(404);
        expect((await scene.app.anonymous.get(base)).status).toBe(401);
        expect((await clients.teacher.get(`${base}?colour=red`)).status).toBe(400);

        expect(await list('teacher', 'q=be')).toEqual(['Ben']);
        expect(await list('teacher', 'state=returned')).toEqual(['Ada']);
        expect(await list('teacher', 'late=true')).toEqual(['Ada']);
        expect(await list('teacher', 'late=false')).toEqual(['Ben']);
        expect(await list('teacher', `userId=${ids.classmate}`)).toEqual(['Ben']);
        expect(await list('student', 'q=be')).toEqual([]);
        const dates = (await clients.teacher.get(base)).body.data.map(
          (each: { dueAt: string }) => each.dueAt,
        );
        expect(dates).toEqual([iso(1), iso(1)]);
        const first = (await clients.teacher.get(`${base}?sort=userName&cursor=&limit=1`)).body;
        expect(first.data).toHaveLength(1);
        expect(await list('teacher', `limit=1&cursor=${first.meta.pagination.nextCursor}`)).toEqual(['Ben']);
        expect((await clients.teacher.get(`${base}?page=2&limit=1&sort=-userName`)).body).toMatchObject({
          data: [{ user: { name: 'Ada' } }],
          meta: { pagination: { page: 2, total: 2 } },
        });
        for (const sort of ['updatedAt', 'startedAt', 'submittedAt']) {
          for (const name of ['teacher', 'student'] as const) {
            const get = (cursor: string) =>
              clients[name].get(`${base}?sort=${sort}&limit=1&cursor=${cursor}`);
            const { nextCursor } = (await get('')).body.meta.pagination;
            expect((await get(nextCursor ?? '')).body.data).toHaveLength(1);
          }
        }
      }
    });
  });
});
