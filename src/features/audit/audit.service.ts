import { currentContext } from '../../platform/context';
import { newId } from '../../shared/ids';
import type { AuditRepository, AuditRow } from './audit.repository';

/** What an event is about. */
export interface AuditSubject {
  /** A kind of thing, for example `group` or `sign_in`. */
  type: string;
  /** Null if the event is about many things, or about nothing that has an id. */
  id: string | null;
  tenantId: string | null;
  /** The person whose data this is about, if they are not the actor. */
  aboutUserId?: string | null;
}

/** Ids, codes and counts; never names, e-mails or texts. */
export type AuditDetails = Readonly<Record<string, unknown>>;

/** Something that was loaded, as the subject of an event. */
export const auditSubject = (
  type: string,
  { id, tenantId }: Pick<AuditSubject, 'id' | 'tenantId'>,
  aboutUserId: string | null = null,
): AuditSubject => ({ type, id, tenantId, aboutUserId });

/**
 * Records who did what: append-only rows, written in the transaction of the change itself. The actor, the
 * request and the address come from the current context.
 */
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  /** Writes an event into the ambient transaction. Without one it commits immediately, for reads. */
  async record(subject: AuditSubject, action: string, details: AuditDetails = {}): Promise<void> {
    await this.events.insert(this.rowOf(subject, action, details));
  }

  /** Writes the same event about each of these people, with one statement. */
  async recordAbout(
    subject: AuditSubject,
    userIds: readonly string[],
    action: string,
    details: AuditDetails = {},
  ): Promise<void> {
    if (userIds.length > 0) await this.events.insertAbout(this.rowOf(subject, action, details), userIds);
  }

  /** The event as a row, for the few repositories that write it in the statement of the change itself. */
  rowOf(subject: AuditSubject, action: string, details: AuditDetails = {}): AuditRow {
    const { userId, actorKind, requestId, ip } = currentContext();
    const nobody = actorKind === 'system' || requestId === undefined ? 'system' : 'anonymous';
    return {
      id: newId(),
      tenantId: subject.tenantId,
      actorId: userId ?? null,
      actorKind: userId === undefined ? nobody : (actorKind ?? 'user'),
      action,
      subjectType: subject.type,
      subjectId: subject.id,
      aboutUserId: subject.aboutUserId ?? null,
      details,
      requestId: requestId ?? null,
      ip: ip ?? null,
    };
  }
}
