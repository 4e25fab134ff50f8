import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { ActorKind } from './audit.types';

/** An event as it is written. */
export interface AuditRow {
  id: string;
  tenantId: string | null;
  actorId: string | null;
  actorKind: ActorKind;
  action: string;
  subjectType: string;
  subjectId: string | null;
  aboutUserId: string | null;
  details: Readonly<Record<string, unknown>>;
  requestId: string | null;
  ip: string | null;
}

/** Writes the trail, which is append-only. */
export class AuditRepository {
  constructor(private readonly db: Database) {}

  /** Raw, because almost every change writes an event, and in a transaction a model takes twice as long. */
  async insert(row: AuditRow): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO audit_events (
            id, tenant_id, actor_id, actor_kind, action, subject_type, subject_id, about_user_id, details,
            request_id, ip)
          VALUES (
            ${row.id}::uuid, ${row.tenantId}::uuid, ${row.actorId}::uuid, ${row.actorKind}, ${row.action},
            ${row.subjectType}, ${row.subjectId}::uuid, ${row.aboutUserId}::uuid,
            ${JSON.stringify(row.details)}::jsonb, ${row.requestId}, ${row.ip})`,
    );
  }

  /** Writes the same event about each of these people, with one statement for all of them. */
  async insertAbout(row: Omit<AuditRow, 'id' | 'aboutUserId'>, userIds: readonly string[]): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO audit_events (
            id, tenant_id, actor_id, actor_kind, action, subject_type, subject_id, about_user_id, details,
            request_id, ip)
          SELECT
            each.id, ${row.tenantId}::uuid, ${row.actorId}::uuid, ${row.actorKind}, ${row.action},
            ${row.subjectType}, ${row.subjectId}::uuid, each.user_id, ${JSON.stringify(row.details)}::jsonb,
            ${row.requestId}, ${row.ip}
          FROM unnest(${userIds.map(() => newId())}::uuid[], ${[...userIds]}::uuid[]) AS each (id, user_id)`,
    );
  }
}
