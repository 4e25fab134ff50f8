import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { hours, iso, submissionsScene } from '../../testing/submissions-scene';
import { walked } from '../../testing/walked';

describe('work in progress when time is up', () => {
  const scene = submissionsScene();
  const {
    assign,
    begun,
    written,
    returnWork: giveBack,
    grade,
    reasonOf,
    handIn,
    trail,
    ids,
    clients,
  } = scene;
  const db = () => scene.app.container.platform.db;
  /** Walks all pages. @returns how many attempts were submitted */
  const round = (limit = 2) =>
    walked(limit, (part) => scene.app.container.submissions.ended.submitEnded(part));
  const read = async (id: string) => (await clients.student.get(`/submissions/${id}`)).body.data;
  const announced = (id: string) =>
    db().rows(
      sql`SELECT user_ids[1] AS "userId" FROM notification_events WHERE event = 'submission.auto_submitted' AND subject_id = ${id}::uuid`,
      z.object({ userId: z.string() }),
    );

  it('is submitted as of the closing, can be graded, and its student is notified once', async () => {
    const assignment = await assign({ dueAt: hours(1), closesAt: hours(2) });
    const id = await written(assignment);
    scene.setTime(hours(1.9));
    expect(await round()).toBe(0);
    scene.setTime(hours(2.05));
    expect(reasonOf(await handIn(id))).toEqual([409, 'assignment.closed']);
    await round();
    expect(await read(id)).toMatchObject({
      state: 'submitted',
      submittedAt: iso(2),
      autoSubmitted: true,
      dueAt: iso(1),
      late: true,
      lateBySeconds: 3600,
    });
    expect(await trail(id)).toEqual(['submission.started', 'submission.auto_submitted']);
    expect(await announced(id)).toEqual([{ userId: ids.student }]);
    expect(await round()).toBe(0);
    expect(await announced(id)).toHaveLength(1);
    await grade(id).expect(200);
    await giveBack(id).expect(200);
  });

  it('is submitted at the due date if late work is refused, and when the teacher closes the assignment', async () => {
    const refused = await written(await assign({ dueAt: hours(1), latePolicy: 'refuse' }));
    const assignment = await assign();
    const closed = await written(assignment);
    scene.setTime(hours(3));
    await clients.teacher.post(`/assignments/${assignment.id}/close`).send({}).expect(200);
    scene.setTime(hours(4));
    await round();
    expect(await read(refused)).toMatchObject({ state: 'submitted', submittedAt: iso(1), late: false });
    expect(await read(closed)).toMatchObject({ state: 'submitted', submittedAt: iso(3), late: false });
  });

  it('stays in progress if it is empty, if the assignment says so, or while the student has more time', async () => {
    const empty = await begun(await assign({ closesAt: hours(1) }));
    const manual = await assign({ closesAt: hours(1) });
    await clients.teacher.patch(`/assignments/${manual.id}`).send({ autoSubmit: false }).expect(200);
    const kept = await written(manual);
    const extended = await assign({ closesAt: hours(1) });
    await clients.teacher
      .put(`/assignments/${extended.id}/overrides/${ids.student}`)
      .send({ closesAt: iso(9) })
      .expect(200);
    const longer = await written(extended);
    scene.setTime(hours(2));
    await round();
    for (const id of [empty, kept, longer]) expect((await read(id)).state).toBe('in_progress');
    scene.setTime(hours(9));
    await round();
    expect((await read(longer)).state).toBe('submitted');
  });

  it('is submitted once, however many rounds run at once', async () => {
    const made = [];
    for (let i = 0; i < 7; i += 1) made.push(await written(await assign({ closesAt: hours(1) })));
    scene.setTime(hours(2));
    await Promise.all([round(2), round(3), round(10)]);
    for (const id of made) {
      expect((await read(id)).state).toBe('submitted');
      expect(await announced(id)).toHaveLength(1);
    }
  });
});
