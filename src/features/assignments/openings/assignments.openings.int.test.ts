import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { hours, iso, submissionsScene } from '../../../testing/submissions-scene';

describe('the announcement of an assignment', () => {
  const scene = submissionsScene();
  const { assign, ids, clients } = scene;
  const db = () => scene.app.container.platform.db;
  /** Walks all pages. @returns how many students were notified */
  const round = async (limit = 3): Promise<number> => {
    let announced = 0;
    let after: string | null = null;
    do {
      const page = await scene.app.container.assignments.openings.emitPage({ after, limit });
      announced += page.done;
      after = page.next;
    } while (after !== null);
    return announced;
  };
  const publish = (id: string) => clients.teacher.post(`/assignments/${id}/publish`).send({}).expect(200);
  /** The notified students, in order. */
  const told = async (id: string): Promise<string[]> => {
    const rows = await db().rows(
      sql`SELECT unnest(user_ids) AS "userId" FROM notification_events WHERE event = 'assignment.published' AND subject_id = ${id}::uuid ORDER BY 1`,
      z.object({ userId: z.string() }),
    );
    return rows.map(({ userId }) => userId);
  };
  const everybody = () => [ids.student, ids.classmate].sort();

  it('goes to the students immediately if it is open, and only once, however often it reopens', async () => {
    const { id } = await assign({ state: 'draft' });
    await publish(id);
    expect(await told(id)).toEqual(everybody());
    await clients.teacher.post(`/assignments/${id}/close`).send({}).expect(200);
    await publish(id);
    await round();
    expect(await told(id)).toEqual(everybody());
  });

  it('waits until it opens, for each student by the date in force for them', async () => {
    const { id } = await assign({ state: 'draft', opensAt: hours(720) });
    const override = `/assignments/${id}/overrides/${ids.classmate}`;
    await clients.teacher
      .put(override)
      .send({ opensAt: iso(730) })
      .expect(200);
    await publish(id);
    await round();
    expect(await told(id)).toEqual([]);
    scene.setTime(hours(720));
    await round();
    expect(await told(id)).toEqual([ids.student]);
    scene.setTime(hours(731));
    await round();
    await round();
    expect(await told(id)).toEqual(everybody());
  });

  it('comes immediately if the opening is moved to an earlier time, for all or for one', async () => {
    const { id } = await assign({ opensAt: hours(720) });
    await clients.teacher
      .put(`/assignments/${id}/overrides/${ids.student}`)
      .send({ opensAt: iso(-1) })
      .expect(200);
    expect(await told(id)).toEqual([ids.student]);
    await clients.teacher.patch(`/assignments/${id}`).send({ opensAt: null }).expect(200);
    expect(await told(id)).toEqual(everybody());
  });

  it('comes once, however many rounds run at once, page by page', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push((await assign({ opensAt: hours(1) })).id);
    scene.setTime(hours(1));
    await Promise.all([round(2), round(3), round(10)]);
    for (const id of made) expect(await told(id)).toEqual(everybody());
  });

  it('is not sent after all if the opening is moved to a later time meanwhile', async () => {
    const { id } = await assign({ state: 'draft' });
    await publish(id);
    await clients.teacher
      .patch(`/assignments/${id}`)
      .send({ opensAt: iso(720) })
      .expect(200);
    const { execution } = scene.app.container.notifications;
    const event = await db().row(
      sql`SELECT id FROM notification_events WHERE event = 'assignment.published' AND subject_id = ${id}::uuid`,
      z.object({ id: z.string() }),
    );
    const eventId = event?.id ?? '';
    await execution.expand(eventId, { after: null, onPage: () => {}, signal: new AbortController().signal });
    const { ids: due } = await execution.due(eventId, 100);
    for (const delivery of due) await execution.deliver(delivery, new AbortController().signal);
    const codes = await db().rows(
      sql`SELECT d.error_code AS code FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id WHERE n.event_id = ${eventId}::uuid`,
      z.object({ code: z.string().nullable() }),
    );
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(['subject.not_open']));
  });
});
