import { currentContext } from '../../platform/context';
import type { Database } from '../../platform/db/database';
import type { Outbox } from '../../platform/outbox/outbox';
import { newId } from '../../shared/ids';
import { deliverNotificationContract } from './notifications.contract';
import { type NewEvent, type Notify, specOf } from './notifications.events';
import type { NotificationEventsRepository } from './notifications.events.repository';

/** Stores an event together with the job that notifies its recipients. */
export class NotificationEventsService implements Notify {
  constructor(
    private readonly db: Database,
    private readonly events: NotificationEventsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Stores the event and its job in the ambient transaction; a known event changes nothing. */
  async emit(newEvent: NewEvent): Promise<void> {
    const { event, tenantId, subjectId, assignmentId, occurrence, classId } = newEvent;
    const userIds = 'userIds' in newEvent ? [...newEvent.userIds] : [];
    const { actorKind, userId } = currentContext();
    // A fault also concerns the person who came across it.
    const isAboutNobody = specOf(event).audience === 'admins_of_tenant';
    const actorId = actorKind === 'system' || isAboutNobody ? null : (userId ?? null);
    const id = newId();
    await this.db.transaction(async () => {
      const row = { id, tenantId, event, subjectId, occurrence, classId, assignmentId, userIds, actorId };
      const isNew = await this.events.insert(row);
      if (isNew)
        await this.outbox.start(deliverNotificationContract, { input: { eventId: id }, tenantId, subjectId });
    });
  }
}
