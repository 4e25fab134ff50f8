import { currentContext } from '../../platform/context';
import type { Database } from '../../platform/db/database';
import type { Outbox } from '../../platform/outbox/outbox';
import { newId } from '../../shared/ids';
import { deliverNotificationContract } from './notifications.contract';
import { type Announcement, type Notify, specOf } from './notifications.events';
import { FROM_MADE, insertEvent } from './notifications.sql';

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
      FROM_MADE,
    );
    const row = {
      ...{ id, tenantId, event, subjectId, userIds, actorId },
      occurrence: occurrence ?? '',
      classId: classId ?? null,
      assignmentId: assignmentId ?? null,
    };
    await this.db.execute(insertEvent(row, job));
  }
}
