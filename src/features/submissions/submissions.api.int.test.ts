import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Client } from '../../testing/app';
import { hours, iso, type Name, submissionsScene, type Values } from '../../testing/submissions-scene';

describe('working on submissions', () => {
  const scene = submissionsScene();
  const { assign, begin, begun, written, handIn, reasonOf, trail, ids, clients } = scene;

  describe('POST /assignments/:id/submissions', () => {
    it('starts an attempt', async () => {
      const assignment = await assign({ dueAt: hours(2) });
      const response = await begin(assignment);
      expect(response.status).toBe(201);
      const { data } = response.body;
      expect(data).toMatchObject({
        assignmentId: assignment.id,
        classId: scene.schoolClass.id,
        user: { id: ids.student, name: 'Ada' },
        attempt: 1,
        state: 'in_progress',
        toolId: scene.tool.id,
        toolVersion: 1,
        toolType: 'chat',
        answer: null,
        dueAt: iso(2),
        startedAt: iso(0),
        submittedAt: null,
        late: false,
        score: null,
        feedback: null,
        draft: null,
        points: 100,
        can: { update: true, submit: false, grade: false, return: false },
      });
      expect(response.headers.location).toBe(`/api/v1/submissions/${data.id}`);
      const read = await clients.student.get(`/submissions/${data.id}`);
      expect(read.body.data).toEqual(data);
      expect(read.headers.etag).toBe(response.headers.etag);
      expect(await trail(data.id)).toEqual(['submission.started']);
    });

    it('begins one attempt for any number of simultaneous requests, and returns it to all of them', async () => {
      const assignment = await assign({ maxAttempts: 2 });
      const answers = await Promise.all(Array.from({ length: 50 }, () => begin(assignment)));
      const statuses = answers.map(({ status }) => status).sort((one, other) => one - other);
      expect(statuses).toEqual([...Array(49).fill(200), 201]);
      expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
      expect(answers[0]?.body.data).toMatchObject({ attempt: 1, state: 'in_progress' });
      const events = await scene.app.container.platform.db.prisma.auditEvent.count({
        where: { subjectId: answers[0]?.body.data.id },
      });
      expect(events).toBe(1);
    });

    it('numbers attempts one after the other without a gap, up to as many as are allowed', async () => {
      const assignment = await assign({ maxAttempts: 3 });
      for (const attempt of [1, 2, 3]) {
        const id = await written(assignment);
        expect((await handIn(id)).body.data.attempt).toBe(attempt);
      }
      const answers = await Promise.all(Array.from({ length: 20 }, () => begin(assignment)));
      for (const refused of answers) expect(reasonOf(refused)).toEqual([409, 'submission.no_attempts_left']);
    });

    it('gives the attempt in progress also in transactions with an Idempotency-Key, and each key counts once', async () => {
      const assignment = await assign();
      const send = (key: string) => begin(assignment).set('Idempotency-Key', `${assignment.id}-${key}`);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => send(String(i))));
      expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
      const again = await send('3');
      expect([again.status, again.body.data.id]).toEqual([answers[3]?.status, answers[3]?.body.data.id]);
    });

    it('gives the version that is pinned, or the newest', async () => {
      const other = await scene.world.tool(
        { id: scene.schoolClass.groupId, tenantId: scene.schoolClass.tenantId },
        { id: ids.teacher },
      );
      const exact = await scene.world.assignment(scene.schoolClass, other, { id: ids.teacher });
      const following = await scene.world.assignment(
        scene.schoolClass,
        other,
        { id: ids.teacher },
        { pin: 'follow_latest' },
      );
      const { definition } = (await clients.teacher.get(`/tools/${other.id}`)).body.data;
      await clients.teacher.patch(`/tools/${other.id}`).send({ definition: { ...definition, name: 'Two' } });
      expect((await begin(exact)).body.data.toolVersion).toBe(1);
      expect((await begin(following)).body.data.toolVersion).toBe(2);
    });

    it.each<[string, Values, string]>([
      ['before it opens', { opensAt: hours(1) }, 'assignment.not_open'],
      ['after it closes', { closesAt: hours(-1) }, 'assignment.closed'],
      ['at the moment it closes', { closesAt: hours(0) }, 'assignment.closed'],
      ['once it is closed', { state: 'closed' }, 'assignment.closed'],
      [
        'after the due date where late work is refused',
        { dueAt: hours(-1), latePolicy: 'refuse' },
        'submission.too_late',
      ],
    ])('is refused %s', async (_name, values, reason) => {
      expect(reasonOf(await begin(await assign(values)))).toEqual([409, reason]);
    });

    it('names the date that decides, as the clocks of the school show it', async () => {
      const { groupId } = scene.schoolClass;
      const messageOf = ({ body }: { body: { error: { message: string } } }) => body.error.message;
      await clients.admin
        .patch(`/groups/${groupId}`)
        .send({ settings: { timezone: 'America/Chicago' } })
        .expect(200);
      const closing = await assign({ closesAt: hours(1) });
      const inProgress = await begun(closing);
      const closed = await assign();
      await clients.teacher.post(`/assignments/${closed.id}/close`).send({}).expect(200);
      scene.setTime(hours(2));
      expect(messageOf(await begin(closing))).toBe(
        'The assignment closed on 1 March 2027 at 07:00 (America/Chicago). Ask your teacher to reopen it.',
      );
      expect(messageOf(await handIn(inProgress))).toBe(messageOf(await begin(closing)));
      expect(messageOf(await begin(closed))).toBe(
        'The assignment closed on 1 March 2027 at 06:00 (America/Chicago). Ask your teacher to reopen it.',
      );
      expect(messageOf(await begin(await assign({ opensAt: hours(50) })))).toBe(
        'The assignment opens on 3 March 2027 at 08:00 (America/Chicago). Try again then.',
      );
      const refused = await assign({ dueAt: hours(-1), latePolicy: 'refuse' });
      expect(messageOf(await begin(refused))).toBe(
        'The work was due on 1 March 2027 at 05:00 (America/Chicago), and this assignment does not accept late work. Ask your teacher for more time.',
      );
    });

    it('goes by the student’s override', async () => {
      const assignment = await assign({ opensAt: hours(1), closesAt: hours(5), maxAttempts: 1 });
      const path = `/assignments/${assignment.id}/overrides/${ids.student}`;
      await clients.teacher.put(path).send({ opensAt: iso(-1), maxAttempts: 2 });
      await handIn(await written(assignment));
      await handIn(await written(assignment));
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect(reasonOf(await begin(assignment, 'classmate'))).toEqual([409, 'assignment.not_open']);
      await clients.teacher.put(path).send({ opensAt: iso(-1), excused: true });
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.excused']);
    });

    it('is for students of the class', async () => {
      const assignment = await assign();
      expect(
        (await scene.app.anonymous.post(`/assignments/${assignment.id}/submissions`).send({})).status,
      ).toBe(401);
      for (const name of [
        'teacher',
        'assistant',
        'guardian',
        'admin',
        'colleague',
        'staff',
        'platformAdmin',
      ] as const)
        expect([name, (await begin(assignment, name)).status]).toEqual([name, 403]);
      expect((await begin(assignment, 'stranger')).status).toBe(404);
      expect((await begin(await assign({ state: 'draft' }))).status).toBe(404);
      expect((await begin({ id: newId() })).status).toBe(404);
      expect(
        (await clients.student.post(`/assignments/${assignment.id}/submissions`).send({ attempt: 7 })).status,
      ).toBe(400);
    });
  });

  describe('PATCH /submissions/:id', () => {
    it('keeps the answer while the attempt is in progress', async () => {
      const id = await begun();
      const saved = await clients.student
        .patch(`/submissions/${id}`)
        .set('If-Match', '"1"')
        .send({ answer: ' My answer\n' });
      expect([saved.status, saved.body.data.answer]).toEqual([200, ' My answer\n']);
      expect(
        (await clients.student.patch(`/submissions/${id}`).set('If-Match', '"1"').send({ answer: 'x' }))
          .status,
      ).toBe(412);
      expect(
        (await clients.student.patch(`/submissions/${id}`).send({ answer: 'x'.repeat(100_001) })).status,
      ).toBe(400);
      expect((await clients.student.patch(`/submissions/${id}`).send({ answer: 'a\0b' })).status).toBe(400);
      expect((await clients.student.patch(`/submissions/${id}`).send({ score: 100 })).status).toBe(400);
      await handIn(id);
      expect(reasonOf(await clients.student.patch(`/submissions/${id}`).send({ answer: 'later' }))).toEqual([
        409,
        'submission.not_in_progress',
      ]);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.answer).toBe(' My answer\n');
    });

    it('ends when the assignment closes', async () => {
      const assignment = await assign({ closesAt: hours(1) });
      const id = await begun(assignment);
      scene.setTime(hours(1));
      expect(reasonOf(await clients.student.patch(`/submissions/${id}`).send({ answer: 'x' }))).toEqual([
        409,
        'assignment.closed',
      ]);
      expect(reasonOf(await handIn(id))).toEqual([409, 'assignment.closed']);
    });

    it('is for its owner, as long as they are in the class', async () => {
      const id = await begun();
      const send = (client: Client) => client.patch(`/submissions/${id}`).send({ answer: 'x' });
      expect((await send(scene.app.anonymous)).status).toBe(401);
      for (const name of ['teacher', 'assistant', 'admin'] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 403]);
      for (const name of [
        'classmate',
        'guardian',
        'colleague',
        'staff',
        'stranger',
        'platformAdmin',
      ] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 404]);

      const leaver = await scene.world.classMember(scene.schoolClass, 'student');
      const client = await scene.app.as(leaver.id);
      const left = (await client.post(`/assignments/${(await assign()).id}/submissions`).send({})).body.data
        .id;
      await scene.app.container.platform.db.execute(
        sql`DELETE FROM class_members WHERE user_id = ${leaver.id}::uuid`,
      );
      await scene.app.container.access.usersChanged([leaver.id]);
      expect((await client.get(`/submissions/${left}`)).status).toBe(200);
      expect((await client.patch(`/submissions/${left}`).send({ answer: 'x' })).status).toBe(403);
      expect((await client.post(`/submissions/${left}/submit`).send({})).status).toBe(403);
      const principal = (await scene.app.container.access.findPrincipal(leaver.id, {
        sessionId: null,
        kind: 'system',
        scopes: null,
      }))!;
      await expect(scene.app.container.submissions.reader.getForWork(principal, left)).rejects.toMatchObject({
        kind: 'forbidden',
      });
    });
  });

  describe('POST /submissions/:id/submit', () => {
    it('fixes the lateness against the due date then in force, and an earlier one changes nothing', async () => {
      const assignment = await assign({ dueAt: hours(1) });
      const id = await written(assignment);
      scene.setTime(new Date(hours(2).getTime() + 1));
      const response = await handIn(id);
      const late = { late: true, lateBySeconds: 3601, dueAt: iso(1) };
      expect(response.body.data).toMatchObject({
        ...late,
        state: 'submitted',
        submittedAt: scene.now.toISOString(),
      });
      await clients.teacher.patch(`/assignments/${assignment.id}`).send({ dueAt: iso(0.5) });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject(late);
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.not_in_progress']);
      expect(await trail(id)).toEqual(['submission.started', 'submission.submitted']);
    });

    it.each([
      [
        'the student’s own',
        (id: string) => clients.teacher.put(`/assignments/${id}/overrides/${ids.student}`),
      ],
      ['everybody’s', (id: string) => clients.teacher.patch(`/assignments/${id}`)],
    ])(
      'is measured again, with a record, if %s due date is moved back afterwards',
      async (_whose, change) => {
        const assignment = await assign({ dueAt: hours(1) });
        const id = await written(assignment);
        scene.setTime(hours(3));
        await handIn(id);
        await change(assignment.id)
          .send({ dueAt: iso(2) })
          .expect(200);
        const read = async () => (await clients.student.get(`/submissions/${id}`)).body.data;
        expect(await read()).toMatchObject({ late: true, lateBySeconds: 3600, dueAt: iso(2) });
        await change(assignment.id)
          .send({ dueAt: iso(5) })
          .expect(200);
        expect(await read()).toMatchObject({ late: false, lateBySeconds: 0, dueAt: iso(5) });
        expect(await trail(id)).toEqual([
          'submission.started',
          'submission.submitted',
          'submission.lateness_changed',
          'submission.lateness_changed',
        ]);
      },
    );

    it('is refused without content, and needs an answer, a message or a run that succeeded', async () => {
      const { db } = scene.app.container.platform;
      const id = await begun();
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.empty']);
      await clients.student.patch(`/submissions/${id}`).send({ answer: ' \n\t ' });
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.empty']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.can.submit).toBe(false);
      await clients.student.patch(`/submissions/${id}`).send({ answer: '42' });
      expect((await clients.student.get(`/submissions/${id}`)).body.data.can.submit).toBe(true);
      expect((await handIn(id)).status).toBe(200);

      const chat = await begun();
      const session = newId();
      await db.execute(
        sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, last_seq, message_count)
            VALUES (${session}::uuid, ${scene.schoolClass.tenantId}::uuid, ${ids.student}::uuid, ${scene.tool.id}::uuid, 1, ${scene.schoolClass.id}::uuid, ${chat}::uuid, 2, 1)`,
      );
      expect(reasonOf(await handIn(chat))).toEqual([409, 'submission.empty']);
      await db.execute(
        sql`INSERT INTO messages (id, session_id, seq, role, content) VALUES (${newId()}::uuid, ${session}::uuid, 1, 'user', 'Why?')`,
      );
      expect((await handIn(chat)).status).toBe(200);

      const ran = await begun();
      const run = (state: string) =>
        db.execute(
          sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, state, input, output, error_code, finished_at)
              VALUES (${newId()}::uuid, ${scene.schoolClass.tenantId}::uuid, ${ids.student}::uuid, ${scene.tool.id}::uuid, 1, ${scene.schoolClass.id}::uuid, ${ran}::uuid,
                      ${state}, '{}', ${state === 'failed' ? null : '{}'}::jsonb, ${state === 'failed' ? 'ai.failed' : null}, now())`,
        );
      await run('failed');
      expect(reasonOf(await handIn(ran))).toEqual([409, 'submission.empty']);
      await run('succeeded');
      expect((await handIn(ran)).status).toBe(200);
    });

    it('is not late by the student’s own due date', async () => {
      const assignment = await assign({ dueAt: hours(1) });
      const id = await written(assignment);
      await clients.teacher
        .put(`/assignments/${assignment.id}/overrides/${ids.student}`)
        .send({ dueAt: iso(3) });
      scene.setTime(hours(2));
      expect((await handIn(id)).body.data).toMatchObject({ late: false, lateBySeconds: 0, dueAt: iso(3) });
    });

    it('is refused after the due date if late work is refused', async () => {
      const id = await written(await assign({ dueAt: hours(1), latePolicy: 'refuse' }));
      scene.setTime(hours(2));
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.too_late']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.state).toBe('in_progress');
    });

    it('happens once, however often it is sent', async () => {
      const id = await written();
      const answers = await Promise.all(Array.from({ length: 10 }, () => handIn(id)));
      expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
        200,
        ...Array(9).fill(409),
      ]);
    });

    it('is for its owner', async () => {
      const id = await begun();
      expect((await scene.app.anonymous.post(`/submissions/${id}/submit`).send({})).status).toBe(401);
      expect((await handIn(id, 'teacher')).status).toBe(403);
      for (const name of ['classmate', 'guardian', 'stranger', 'platformAdmin'] as const)
        expect([name, (await handIn(id, name)).status]).toEqual([name, 404]);
      expect((await clients.student.post(`/submissions/${id}/submit`).send({ late: false })).status).toBe(
        400,
      );
    });
  });

  describe('the reader for chats and runs', () => {
    it('opens a submission for its owner while there is something to work on', async () => {
      const assignment = await assign({ closesAt: hours(1) });
      const id = await written(assignment);
      const principalOf = async (name: Name) =>
        (await scene.app.container.access.findPrincipal(ids[name], {
          sessionId: null,
          kind: 'system',
          scopes: null,
        }))!;
      const open = async (name: Name) =>
        scene.app.container.submissions.reader.getForWork(await principalOf(name), id);
      expect(await open('student')).toMatchObject({
        submissionId: id,
        assignmentId: assignment.id,
        userId: ids.student,
        classId: scene.schoolClass.id,
        groupId: scene.schoolClass.groupId,
        tenantId: scene.schoolClass.tenantId,
        toolId: scene.tool.id,
        toolVersion: 1,
        toolType: 'chat',
        attempt: 1,
      });
      await expect(open('teacher')).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(open('stranger')).rejects.toMatchObject({ kind: 'not_found' });
      scene.setTime(hours(1));
      await expect(open('student')).rejects.toMatchObject({
        kind: 'conflict',
        details: { reason: 'assignment.closed' },
      });
      scene.setTime(hours(0));
      await handIn(id);
      await expect(open('student')).rejects.toMatchObject({
        kind: 'conflict',
        details: { reason: 'submission.not_in_progress' },
      });
    });
  });
});
