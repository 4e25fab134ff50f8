import { currentContext } from '../../platform/context';
import type { Database } from '../../platform/db/database';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';

export interface AuditEntry {
  /** `subject.verb` in the past: `group.moved`, `submission.read`. */
  action: string;
  subjectType: string;
  subjectId: string | null;
  tenantId: string | null;
  /** The person whose data this is about, where it is somebody else's than the actor's. */
  aboutUserId?: string | null;
  /** Ids, codes and counts; never names, e-mails or texts. */
  details?: Record<string, unknown>;
}

/**
 * The trail of who did what: append-only rows, written in the transaction of what they tell of. The actor, the
 * request and the address come from the work in progress.
 */
export class AuditService {
  constructor(private readonly db: Database) {}

  /** Writes an event into the ambient transaction. Within none it commits by itself, for reads. */
  async record(entry: AuditEntry): Promise<void> {
    await this.db.execute(this.insertStatement(entry));
  }

  /** Writes the same event about each of these people, with one statement. */
  async recordAbout(entry: Omit<AuditEntry, 'aboutUserId'>, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const ids = userIds.map(() => newId());
    const event = this.insertStatement(
      entry,
      sql`FROM unnest(${ids}::uuid[], ${[...userIds]}::uuid[]) AS each (id, about_user_id)`,
      { id: sql`each.id`, aboutUserId: sql`each.about_user_id` },
    );
    await this.db.execute(event);
  }

  /**
   * The INSERT itself, for a service that does its whole work in one statement: `WITH audit AS (…)`.
   * @param from where the row depends on another CTE: `FROM created`.
   * @param each the columns that differ, where `from` gives several rows.
   */
  insertStatement(
    entry: AuditEntry,
    from: Sql = empty,
    each: { id: Sql; aboutUserId: Sql } | null = null,
  ): Sql {
    const { userId, actorKind, requestId, ip } = currentContext();
    const kind =
      userId === undefined
        ? actorKind === 'system' || requestId === undefined
          ? 'system'
          : 'anonymous'
        : (actorKind ?? 'user');
    return sql`INSERT INTO audit_events (id, tenant_id, actor_id, actor_kind, action, subject_type, subject_id, about_user_id, details, request_id, ip)
      SELECT ${each?.id ?? sql`${newId()}::uuid`}, ${entry.tenantId}::uuid, ${userId ?? null}::uuid, ${kind}, ${entry.action}, ${entry.subjectType},
              ${entry.subjectId}::uuid, ${each?.aboutUserId ?? sql`${entry.aboutUserId ?? null}::uuid`}, ${JSON.stringify(entry.details ?? {})}::jsonb, ${requestId ?? null}, ${ip ?? null} ${from}`;
  }
}
