import { currentContext } from '../../platform/context';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import type { Outbox } from '../../platform/outbox/outbox';
import { newId } from '../../shared/ids';
import { deliverNotificationContract } from './notifications.contract';
import { type Announcement, type Notify, specOf } from './notifications.events';

/** Writes down what has happened, with the job that tells people of it: one statement in the transaction of the caller. */
export class AnnouncementsRepository implements Notify {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
  ) {}

  async announce(announcement: Announcement): Promise<void> {
    const { event, tenantId, subjectId, assignmentId, occurrence, classId } = announcement;
    const userIds = 'userIds' in announcement ? announcement.userIds : [];
    const { actorKind, userId } = currentContext();
    // What needs mending concerns whoever came across it, too.
    const isAboutNobody = specOf(event).audience === 'admins_of_tenant';
    const actorId = actorKind === 'system' || isAboutNobody ? null : (userId ?? null);
    const id = newId();
    const job = this.outbox.startStatement(
      deliverNotificationContract,
      { input: { eventId: id }, tenantId, subjectId },
      sql`FROM made`,
    );
    await this.db.execute(
      sql`WITH made AS (
            INSERT INTO notification_events (id, tenant_id, event, subject_id, occurrence, class_id, assignment_id, user_ids, actor_id)
            VALUES (${id}::uuid, ${tenantId}::uuid, ${event}, ${subjectId}::uuid, ${occurrence ?? ''}, ${classId ?? null}::uuid,
                    ${assignmentId ?? null}::uuid, ${[...userIds]}::uuid[], ${actorId}::uuid)
            ON CONFLICT (event, subject_id, occurrence) DO NOTHING RETURNING id)
          ${job}`,
    );
  }
}
