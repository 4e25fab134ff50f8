import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp, type TestAppOptions } from '../../testing/app';
import { World } from '../../testing/world';

const DeliveryRow = z.object({
  id: z.string(),
  userId: z.string(),
  channel: z.string(),
  state: z.string(),
  code: z.string().nullable(),
  attempts: z.number(),
  dueAt: z.date(),
});
export type DeliveryRecord = z.infer<typeof DeliveryRow>;
const EventRow = z.object({ id: z.string() });

/** A VAPID key pair for tests only. */
export const VAPID = {
  VAPID_PUBLIC_KEY: 'BLlXh_HnJrAw9yq9hOOBKUV6z3lw1aQSyPfkHwd0OcQinLnP8EUozzOx0s9xXoMwadypvUo0AXdwJHNG-IvKta8',
  VAPID_PRIVATE_KEY: 's1qXPsfCNWJpovEVWOLSiRH9ubuPapHXAr-RSp_bcWM',
  VAPID_SUBJECT: 'mailto:it@example.org',
};

/** A class with a teacher and students, an unpublished assignment, and ways to look at the notifications. */
export class NotificationScene {
  private constructor(
    readonly app: TestApp,
    readonly world: World,
    readonly school: Awaited<ReturnType<World['group']>>,
    readonly schoolClass: Awaited<ReturnType<World['class']>>,
    readonly teacher: { id: string },
    readonly students: readonly { id: string; email: string }[],
    readonly tool: Awaited<ReturnType<World['tool']>>,
  ) {}

  static async create(options: TestAppOptions & { students?: number } = {}): Promise<NotificationScene> {
    const app = await createTestApp(options);
    const world = new World(app.container);
    const school = await world.group({ name: 'North High' });
    const schoolClass = await world.class(school, { name: 'Biology' });
    const teacher = await world.member(school, 'teacher');
    await world.classMember(schoolClass, 'teacher', teacher);
    const students = [];
    for (let i = 0; i < (options.students ?? 1); i += 1) {
      const student = await world.user({ tenantId: school.tenantId });
      await world.classMember(schoolClass, 'student', student);
      students.push(student);
    }
    const tool = await world.tool(school, teacher);
    return new NotificationScene(app, world, school, schoolClass, teacher, students, tool);
  }

  get execution() {
    return this.app.container.notifications.execution;
  }

  private get db() {
    return this.app.container.platform.db;
  }

  /** Publishes a new assignment over REST. @returns the ids of assignment and event */
  async publish(): Promise<{ assignmentId: string; eventId: string }> {
    const { id } = await this.world.assignment(this.schoolClass, this.tool, this.teacher, { state: 'draft' });
    const client = await this.app.as(this.teacher.id);
    await client.post(`/assignments/${id}/publish`).send({}).expect(200);
    return { assignmentId: id, eventId: await this.eventOf('assignment.published', id) };
  }

  async eventOf(event: string, subjectId: string): Promise<string> {
    const row = await this.db.row(
      sql`SELECT id FROM notification_events WHERE event = ${event} AND subject_id = ${subjectId}::uuid`,
      EventRow,
    );
    if (row === null) throw new Error(`nobody was told of ${event}`);
    return row.id;
  }

  /** Creates the notifications of all recipients, which is the first step of the workflow. */
  async expand(eventId: string): Promise<void> {
    await this.execution.expand(eventId, {
      after: null,
      onPage: () => {},
      signal: new AbortController().signal,
    });
  }

  /** Makes one attempt for everything that is due. @returns the codes of what has to be tried again */
  async attempt(eventId: string): Promise<string[]> {
    const { ids } = await this.execution.due(eventId, 100);
    const failures: string[] = [];
    for (const id of ids) {
      await this.execution
        .deliver(id, new AbortController().signal)
        .catch((error: { details: { reason: string } }) => failures.push(error.details.reason));
    }
    return failures;
  }

  /** Publishes an assignment, and tries everything once. */
  async tell(): Promise<{ assignmentId: string; eventId: string }> {
    const made = await this.publish();
    await this.expand(made.eventId);
    await this.attempt(made.eventId);
    return made;
  }

  async deliveries(eventId: string): Promise<DeliveryRecord[]> {
    return this.db.rows(
      sql`SELECT d.id, n.user_id AS "userId", d.channel, d.state, d.error_code AS code, d.attempts, d.due_at AS "dueAt"
          FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
          WHERE n.event_id = ${eventId}::uuid ORDER BY n.user_id, d.channel`,
      DeliveryRow,
    );
  }

  /** The result of each delivery, without times. */
  async outcomes(eventId: string): Promise<string[]> {
    const found = await this.deliveries(eventId);
    return found.map(({ channel, state, code }) =>
      [channel, state, ...(code === null ? [] : [code])].join(' '),
    );
  }
}
