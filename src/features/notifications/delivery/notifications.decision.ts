import { type EventSpec, specOf } from '../notifications.events';
import type { Delivery } from '../notifications.types';
import { endOfQuiet, nextDigest } from './notifications.time';

/**
 * Why a recipient is not notified after all; null if they are. Everything may have changed since the event.
 * Pure.
 */
export function reasonNotToDeliver(delivery: Delivery): string | null {
  const spec = specOf(delivery.event);
  if (!delivery.isActive) return 'recipient.inactive';
  if (delivery.channel === 'email' && delivery.email === null) return 'recipient.no_email';
  if (!isStillMeant(delivery, spec)) return 'recipient.left';
  if (delivery.isPlaceGone || isSubjectGone(delivery, spec)) return 'subject.gone';
  if (delivery.event === 'assignment.published' && !delivery.isOpened) return 'subject.not_open';
  if (delivery.event === 'assignment.due_soon' && delivery.hasHandedIn) return 'subject.done';
  if (!(delivery.chosen ?? spec.channels.includes(delivery.channel))) return 'preference.off';
  return null;
}

function isStillMeant(delivery: Delivery, { audience }: EventSpec): boolean {
  const { classId, classRole, isGuardian, isOfTenant } = delivery;
  if (audience === 'named_and_guardians' && isGuardian) return isOfTenant;
  if (classId === null) return isOfTenant;
  return audience === 'teachers_of_class' ? classRole === 'teacher' : classRole !== null;
}

function isSubjectGone({ assignmentState }: Delivery, { subject }: EventSpec): boolean {
  if (assignmentState === null) return false;
  return subject === 'assignment' ? assignmentState !== 'published' : assignmentState === 'deleted';
}

/** Whether it may wait for the daily mail and its recipient wants that. */
export function waitsForDigest({ channel, digest, event }: Delivery): boolean {
  return channel === 'email' && digest === 'daily' && specOf(event).digestible;
}

/** Until when it has to wait; null if it can be sent now. Pure. */
export function waitUntil(delivery: Delivery, now: Date, zone: string): Date | null {
  // A deferred delivery has waited already: the daily mail is made of these.
  if (delivery.state === 'pending' && waitsForDigest(delivery)) return nextDigest(now, zone);
  const { quietFrom, quietUntil } = delivery;
  const hours = quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil };
  return endOfQuiet(now, hours, zone);
}
