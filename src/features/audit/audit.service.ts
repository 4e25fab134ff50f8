import { currentContext } from '../../platform/context';
import { newId } from '../../shared/ids';
import type { AuditRepository, AuditRow } from './audit.repository';

export interface AuditEntry {
  /** `subject.verb` in the past tense: `group.moved`, `submission.read`. */
  action: string;
  subjectType: string;
  subjectId: string | null;
  tenantId: string | null;
  /** The person whose data this is about, if it is not the actor. */
  aboutUserId?: string | null;
  /** Ids, codes and counts; never names, e-mails or texts. */
  details?: Record<string, unknown>;
}

/**
 * Records who did what: append-only rows, written in the transaction of the change itself. The actor, the
 * request and the address come from the current context.
 */
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  /** Writes an event into the ambient transaction. Without one it commits immediately, for reads. */
  async record(entry: AuditEntry): Promise<void> {
    await this.events.insert(this.rowOf(entry));
  }

  /** Writes the same event about each of these people, with one statement. */
  async recordAbout(entry: Omit<AuditEntry, 'aboutUserId'>, userIds: readonly string[]): Promise<void> {
    if (userIds.length > 0) await this.events.insertAbout(this.rowOf(entry), userIds);
  }

  /** The event as a row, for the few repositories that write it in the statement of the change itself. */
  rowOf(entry: AuditEntry): AuditRow {
    const { userId, actorKind, requestId, ip } = currentContext();
    const { action, subjectType, subjectId, tenantId, aboutUserId = null, details = {} } = entry;
    const nobody = actorKind === 'system' || requestId === undefined ? 'system' : 'anonymous';
    return {
      id: newId(),
      tenantId,
      actorId: userId ?? null,
      actorKind: userId === undefined ? nobody : (actorKind ?? 'user'),
      action,
      subjectType,
      subjectId,
      aboutUserId,
      details,
      requestId: requestId ?? null,
      ip: ip ?? null,
    };
  }
}
