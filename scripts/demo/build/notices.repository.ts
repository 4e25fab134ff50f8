import type { Database } from '../../../src/platform/db/database';
import { type Sql, sql } from '../../../src/platform/db/sql';

/** Older notifications count as read; a list with nothing read would look as if nobody used the system. */
const READ_AFTER_DAYS = 2;

/**
 * Stores the notifications of the term in people's lists only. The demo emits no events while it is built,
 * because that would send a term's worth of mails.
 */
export class NoticesRepository {
  constructor(private readonly db: Database) {}

  async insert(now: Date): Promise<void> {
    await this.tell('assignment.published', now, {
      what: sql`SELECT a.tenant_id, a.id AS subject_id, a.class_id, a.id AS assignment_id, a.created_by AS actor_id, a.published_at AS at
                FROM assignments a WHERE a.published_at IS NOT NULL`,
      whom: sql`SELECT m.user_id FROM class_members m WHERE m.class_id = e.class_id AND m.role = 'student'`,
    });
    await this.tell('submission.submitted', now, {
      what: sql`SELECT s.tenant_id, s.id AS subject_id, a.class_id, a.id AS assignment_id, s.user_id AS actor_id, s.submitted_at AS at
                FROM submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.submitted_at IS NOT NULL`,
      whom: sql`SELECT m.user_id FROM class_members m WHERE m.class_id = e.class_id AND m.role = 'teacher'`,
    });
    await this.tell('submission.returned', now, {
      what: sql`SELECT s.tenant_id, s.id AS subject_id, a.class_id, a.id AS assignment_id, s.returned_by AS actor_id, s.returned_at AS at
                FROM submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.returned_at IS NOT NULL`,
      whom: sql`SELECT s.user_id FROM submissions s WHERE s.id = e.subject_id`,
    });
  }

  private async tell(event: string, now: Date, { what, whom }: { what: Sql; whom: Sql }): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO notification_events (id, tenant_id, event, subject_id, class_id, assignment_id, user_ids, actor_id, expanded_at, created_at)
          SELECT gen_random_uuid(), w.tenant_id, ${event}, w.subject_id, w.class_id, w.assignment_id, '{}', w.actor_id, w.at, w.at
          FROM (${what}) w`,
    );
    await this.db.execute(
      sql`INSERT INTO notifications (id, event_id, user_id, created_at, read_at)
          SELECT gen_random_uuid(), e.id, t.user_id, e.created_at,
            CASE WHEN e.created_at < ${now}::timestamptz - make_interval(days => ${READ_AFTER_DAYS}::int) THEN e.created_at + interval '3 hours' END
          FROM notification_events e CROSS JOIN LATERAL (${whom}) t WHERE e.event = ${event}`,
    );
  }
}
