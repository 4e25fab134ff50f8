import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { NotificationScene } from './notifications.builder';

let scene: NotificationScene;
beforeAll(async () => {
  scene = await NotificationScene.create({ students: 2 });
});
afterAll(() => scene.app.close());

const db = () => scene.app.container.platform.db;
const retention = () => scene.app.container.notifications.retention;
const CountRow = z.object({ notifications: z.number(), deliveries: z.number(), events: z.number() });

/** Notifies two students, then dates the event, and the first student's reading of it, back by these days. */
async function told({ days, readDays }: { days: number; readDays?: number }): Promise<string> {
  const { eventId } = await scene.tell();
  await db().execute(
    sql`UPDATE notifications SET created_at = now() - make_interval(days => ${days}::int) WHERE event_id = ${eventId}::uuid`,
  );
  await db().execute(
    sql`UPDATE notification_events SET created_at = now() - make_interval(days => ${days}::int) WHERE id = ${eventId}::uuid`,
  );
  if (readDays !== undefined)
    await db().execute(
      sql`UPDATE notifications SET read_at = now() - make_interval(days => ${readDays}::int)
          WHERE event_id = ${eventId}::uuid AND user_id = ${scene.students[0]?.id}::uuid`,
    );
  return eventId;
}

const left = (eventId: string) =>
  db().row(
    sql`SELECT (SELECT count(*) FROM notifications WHERE event_id = e.id) AS notifications,
               (SELECT count(*) FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id WHERE n.event_id = e.id) AS deliveries,
               1 AS events FROM notification_events e WHERE e.id = ${eventId}::uuid`,
    CountRow,
  );

async function drain(limit: number): Promise<[number, number]> {
  const counts: [number, number] = [0, 0];
  for (let done = limit; done === limit; counts[0] += done) done = await retention().deleteOld({ limit });
  for (let done = limit; done === limit; counts[1] += done)
    done = await retention().deleteOldEvents({ limit });
  return counts;
}

describe('the retention of notifications', () => {
  it('deletes notifications read a term ago, and all from a year ago, with their deliveries, in batches', async () => {
    const [young, read, old] = [
      await told({ days: 89, readDays: 89 }),
      await told({ days: 100, readDays: 91 }),
      await told({ days: 366 }),
    ];
    expect(await drain(1)).toEqual([3, 1]);
    expect(await left(young)).toEqual({ notifications: 2, deliveries: 2, events: 1 });
    expect(await left(read)).toEqual({ notifications: 1, deliveries: 1, events: 1 });
    expect(await left(old)).toBeNull();
    expect(await drain(1)).toEqual([0, 0]);
  });

  it('leaves what still waits to be sent, however old', async () => {
    const eventId = await told({ days: 400 });
    await db().execute(
      sql`UPDATE notification_deliveries SET state = 'deferred', finished_at = NULL
          WHERE notification_id IN (SELECT id FROM notifications WHERE event_id = ${eventId}::uuid AND user_id = ${scene.students[1]?.id}::uuid)`,
    );
    expect(await drain(100)).toEqual([1, 0]);
    expect(await left(eventId)).toEqual({ notifications: 1, deliveries: 1, events: 1 });
  });

  it('deletes each one once, however many clean-ups run at once', async () => {
    for (let i = 0; i < 4; i += 1) await told({ days: 366 });
    const counts = await Promise.all(Array.from({ length: 4 }, () => retention().deleteOld({ limit: 3 })));
    const [rest] = await drain(10);
    expect(counts.reduce((sum, count) => sum + count, rest)).toBe(8);
  });
});
