import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { hours, iso, submissionsScene } from '../../testing/submissions-scene';
import { reasonNotToRead, reasonNotToWork } from './assignments.terms';

const Row = z.object({
  id: z.string(),
  isOpen: z.boolean(),
  isOpened: z.boolean(),
  hasEnded: z.boolean(),
  state: z.enum(['draft', 'published', 'closed']),
  opensAt: z.date().nullable(),
  dueAt: z.date().nullable(),
  closesAt: z.date().nullable(),
  latePolicy: z.enum(['accept', 'refuse']),
});

describe('the terms of an assignment', () => {
  const scene = submissionsScene();
  const { assign, begin, handIn, returnWork: giveBack, reasonOf, ids, clients, written } = scene;
  const db = () => scene.app.container.platform.db;
  const override = (id: string, body: object, userId = ids.student) =>
    clients.teacher.put(`/assignments/${id}/overrides/${userId}`).send(body);
  const change = (id: string, body: object) => clients.teacher.patch(`/assignments/${id}`).send(body);

  it('are the same in the database and in the functions, for every state and every order of dates', async () => {
    const assignments = [];
    const moments = [null, -1, 0, 1];
    for (const state of ['draft', 'published', 'closed'] as const)
      for (const latePolicy of ['accept', 'refuse'])
        for (const opens of moments)
          for (const due of moments.filter((each) => each === null || opens === null || each >= opens))
            for (const closes of [null, -1, 0, 1, 2].filter(
              (each) => each === null || ((due === null || each >= due) && (opens === null || each > opens)),
            )) {
              const date = (offset: number | null) => (offset === null ? {} : hours(offset));
              const dates = { opensAt: date(opens), dueAt: date(due), closesAt: date(closes) };
              const given = Object.entries(dates).filter(([, value]) => value instanceof Date);
              assignments.push((await assign({ state, latePolicy, ...Object.fromEntries(given) })).id);
            }
    const rows = await db().rows(
      sql`SELECT a.id, w.is_open AS "isOpen", w.is_opened AS "isOpened", w.ended_at IS NOT NULL AS "hasEnded", w.state, w.opens_at AS "opensAt",
            w.due_at AS "dueAt", w.closes_at AS "closesAt", w.late_policy AS "latePolicy"
          FROM unnest(${assignments}::uuid[]) a (id) CROSS JOIN LATERAL assignment_terms(a.id, ${ids.student}::uuid, ${hours(0)}) w`,
      Row,
    );
    expect(rows.length).toBeGreaterThan(100);
    for (const { isOpen, isOpened, hasEnded, ...terms } of rows) {
      const reason = reasonNotToWork(terms, hours(0));
      expect({ terms, isOpen, isOpened }).toEqual({
        terms,
        isOpen: reason === null,
        isOpened: reasonNotToRead(terms, hours(0)) === null,
      });
      if (reason === 'submission.too_late' || reason === null)
        expect({ terms, hasEnded }).toEqual({ terms, hasEnded: reason !== null });
    }
  });

  describe('before it opens', () => {
    it('show a student title and dates, and neither instructions nor tool, in any answer', async () => {
      const assignment = await assign({ opensAt: hours(720), dueAt: hours(800) });
      await change(assignment.id, { title: 'A surprise', instructions: 'SECRET INSTRUCTIONS' }).expect(200);
      const toolPath = `/tools/${scene.tool.id}`;
      const paths = [`/assignments/${assignment.id}`, `/classes/${assignment.classId}/assignments?limit=100`];
      for (const name of ['student', 'classmate', 'staff', 'colleague'] as const)
        for (const path of paths) {
          const { text, body, status } = await clients[name].get(path);
          expect([name, path, status]).toEqual([name, path, 200]);
          expect(text).not.toContain('SECRET');
          const all: { id: string }[] = [body.data].flat();
          expect(all.find(({ id }) => id === assignment.id)).toMatchObject({
            title: 'A surprise',
            opensAt: iso(720),
            dueAt: iso(800),
            instructions: null,
            ...{ toolId: null, toolName: null, toolType: null, toolVersion: null, pin: null },
            links: { tool: null },
            can: { start: false },
          });
        }
      for (const name of ['teacher', 'assistant', 'admin'] as const)
        expect((await clients[name].get(`/assignments/${assignment.id}`)).body.data).toMatchObject({
          instructions: 'SECRET INSTRUCTIONS',
          toolId: scene.tool.id,
        });
      // Removes their other access to the tool.
      await db().execute(
        sql`UPDATE assignments SET deleted_at = now() WHERE tool_id = ${scene.tool.id}::uuid AND id <> ${assignment.id}::uuid`,
      );
      expect((await clients.student.get(toolPath)).status).toBe(404);
      await override(assignment.id, { opensAt: iso(-1) }).expect(200);
      expect((await clients.student.get(toolPath)).status).toBe(200);
      expect((await clients.student.get(`/assignments/${assignment.id}`)).body.data).toMatchObject({
        instructions: 'SECRET INSTRUCTIONS',
        toolId: scene.tool.id,
        can: { start: true },
      });
      expect((await clients.classmate.get(toolPath)).status).toBe(404);
      scene.setTime(hours(720));
      expect((await clients.classmate.get(toolPath)).status).toBe(200);
      expect((await clients.classmate.get(`/assignments/${assignment.id}`)).text).toContain('SECRET');
    });
  });

  describe('the order of dates', () => {
    it('applies to the assignment and its overrides, whichever changes, and names the students', async () => {
      const { id } = await assign({ opensAt: hours(1), dueAt: hours(24) });
      await override(id, { dueAt: iso(48) }).expect(200);
      for (const body of [{ closesAt: iso(25) }, { opensAt: iso(49), dueAt: iso(50) }]) {
        const refused = await change(id, body);
        expect(reasonOf(refused)).toEqual([409, 'assignment.overrides_order']);
        expect(refused.body.error.details).toMatchObject({ students: 1, userIds: [ids.student] });
      }
      expect((await clients.teacher.get(`/assignments/${id}`)).body.data).toMatchObject({ closesAt: null });
      await change(id, { closesAt: iso(48) }).expect(200);
      expect((await override(id, { dueAt: iso(49) })).status).toBe(400);
      await clients.teacher.delete(`/assignments/${id}/overrides/${ids.student}`).expect(204);
      await change(id, { closesAt: iso(25) }).expect(200);
    });

    it('is kept by the database when two changes come at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id } = await assign({ dueAt: hours(24) });
        const statements = [
          sql`UPDATE assignments SET closes_at = ${hours(25)} WHERE id = ${id}::uuid`,
          sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, due_at) VALUES (${newId()}::uuid, ${id}::uuid, ${ids.student}::uuid, ${hours(48)})`,
        ];
        const ends = await Promise.allSettled(statements.map((each) => db().execute(each)));
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        const [first, second] = await Promise.all([
          change(id, { closesAt: iso(25) }),
          override(id, { dueAt: iso(48) }),
        ]);
        expect([first.status, second.status].filter((status) => status === 200)).toHaveLength(1);
      }
    });
  });

  describe('another attempt that the teacher allows', () => {
    it('can be used after the due date although late work is refused', async () => {
      const assignment = await assign({ dueAt: hours(1), latePolicy: 'refuse', maxAttempts: 1 });
      await handIn(await written(assignment));
      scene.setTime(hours(2));
      const [work] = (await clients.student.get(`/assignments/${assignment.id}/submissions`)).body.data;
      await giveBack(work.id, { allowAnotherAttempt: true }).expect(200);
      expect((await clients.student.get(`/assignments/${assignment.id}`)).body.data).toMatchObject({
        latePolicy: 'accept',
        mine: { attemptsLeft: 1 },
        can: { start: true },
      });
      expect((await clients.teacher.get(`/assignments/${assignment.id}/overrides`)).body.data).toMatchObject([
        { userId: ids.student, latePolicy: 'accept', maxAttempts: 2 },
      ]);
      const second = await written(assignment);
      expect((await handIn(second)).body.data).toMatchObject({ attempt: 2, late: true });
      expect(reasonOf(await begin(assignment, 'classmate'))).toEqual([409, 'submission.too_late']);
    });

    it('has the due date that the teacher gives it, even after the closing date', async () => {
      const assignment = await assign({ dueAt: hours(1), closesAt: hours(2), latePolicy: 'refuse' });
      const id = await written(assignment);
      await handIn(id);
      scene.setTime(hours(3));
      expect(reasonOf(await giveBack(id, { allowAnotherAttempt: true }))).toEqual([409, 'assignment.closed']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.state).toBe('submitted');
      expect((await giveBack(id, { allowAnotherAttempt: true, dueAt: iso(2.5) })).status).toBe(400);
      expect((await giveBack(id, { dueAt: iso(9) })).status).toBe(400);
      await giveBack(id, { allowAnotherAttempt: true, dueAt: iso(9) }).expect(200);
      expect((await clients.student.get(`/assignments/${assignment.id}`)).body.data).toMatchObject({
        dueAt: iso(9),
        closesAt: iso(9),
        can: { start: true },
      });
      scene.setTime(hours(8));
      expect((await handIn(await written(assignment))).body.data).toMatchObject({
        late: false,
        dueAt: iso(9),
      });
    });

    it('is refused while the assignment is closed', async () => {
      const assignment = await assign();
      const id = await written(assignment);
      await handIn(id);
      await clients.teacher.post(`/assignments/${assignment.id}/close`).send({}).expect(200);
      expect(reasonOf(await giveBack(id, { allowAnotherAttempt: true }))).toEqual([409, 'assignment.closed']);
      expect((await giveBack(id)).status).toBe(200);
    });
  });
});
