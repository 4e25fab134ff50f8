import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type ListReader, type SortColumn, sortBy } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest, SortOrder } from '../../shared/pages';
import { ACTOR_KINDS, type AuditEvent, type AuditFilters } from './audit.types';

const nullableId = z.string().nullable();
const EventRow = z.object({
  id: z.string(),
  seq: z.number(),
  tenantId: nullableId,
  actorId: nullableId,
  actorKind: z.enum(ACTOR_KINDS),
  action: z.string(),
  subjectType: z.string(),
  subjectId: nullableId,
  aboutUserId: nullableId,
  details: z.unknown(),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
  createdAt: z.date(),
  position: z.number().nullable(),
  hash: z.string().nullable(),
});

const COLUMNS = sql`e.id, e.seq, e.tenant_id AS "tenantId", e.actor_id AS "actorId", e.actor_kind AS "actorKind", e.action,
  e.subject_type AS "subjectType", e.subject_id AS "subjectId", e.about_user_id AS "aboutUserId", e.details, e.request_id AS "requestId",
  e.ip, e.created_at AS "createdAt", s.position, encode(s.hash, 'hex') AS hash`;

export const AUDIT_SORTS = {
  createdAt: { expression: sql`e.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

/** Reads the trail for people. */
export class AuditTrailRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async list(filters: AuditFilters, sort: SortOrder, page: PageRequest): Promise<Page<AuditEvent>> {
    return this.lists.list({
      columns: COLUMNS,
      from: sql`audit_events e LEFT JOIN audit_seals s ON s.id = e.id`,
      where: conditions(filters),
      sort: sortBy(AUDIT_SORTS, sort),
      id: sql`e.id`,
      page,
      row: EventRow,
    });
  }

  async find(id: string): Promise<AuditEvent | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM audit_events e LEFT JOIN audit_seals s ON s.id = e.id WHERE e.id = ${id}::uuid`,
      EventRow,
    );
  }
}

function conditions(filters: AuditFilters): Sql[] {
  const where: Sql[] = [];
  if (filters.tenantId !== undefined) where.push(sql`e.tenant_id = ${filters.tenantId}::uuid`);
  if (filters.action !== undefined) where.push(sql`e.action = ${filters.action}`);
  if (filters.actorId !== undefined) where.push(sql`e.actor_id = ${filters.actorId}::uuid`);
  if (filters.subjectType !== undefined) where.push(sql`e.subject_type = ${filters.subjectType}`);
  if (filters.subjectId !== undefined) where.push(sql`e.subject_id = ${filters.subjectId}::uuid`);
  if (filters.aboutUserId !== undefined) where.push(sql`e.about_user_id = ${filters.aboutUserId}::uuid`);
  if (filters.from !== undefined) where.push(sql`e.created_at >= ${filters.from}`);
  if (filters.to !== undefined) where.push(sql`e.created_at < ${filters.to}`);
  return where;
}
