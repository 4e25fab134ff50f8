import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import {
  type CreateExportInput,
  EXPORT_FORMATS,
  EXPORT_KINDS,
  EXPORT_STATES,
  type Export,
  type ExportFilters,
  type ExportKind,
  type ExportManifest,
  type ExportOptions,
  type ExportTarget,
  type ListedFilters,
} from './exports.types';

const nullableDate = z.date().nullable();
const ExportRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  requestedBy: z.string(),
  kind: z.enum(EXPORT_KINDS),
  format: z.enum(EXPORT_FORMATS),
  classId: z.string().nullable(),
  groupId: z.string().nullable(),
  groupPath: z.string(),
  scopeName: z.string(),
  isScopeGone: z.boolean(),
  filters: z.custom<ExportFilters>(),
  options: z.custom<ExportOptions>(),
  withDrafts: z.boolean(),
  state: z.enum(EXPORT_STATES),
  snapshotAt: nullableDate,
  timeZone: z.string().nullable(),
  rowsTotal: z.number().nullable(),
  rowsDone: z.number(),
  partsDone: z.number(),
  cursor: z
    .object({
      order: z.number().optional(),
      after: z.array(z.string()).nullable(),
      sheetStarts: z.array(z.number()),
      cutTexts: z.number(),
    })
    .nullable(),
  activeMs: z.number(),
  storageKey: z.string().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  manifest: z.custom<ExportManifest>().nullable(),
  errorCode: z.string().nullable(),
  cancelRequestedAt: nullableDate,
  startedAt: nullableDate,
  finishedAt: nullableDate,
  expiresAt: nullableDate,
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const LockedRow = z.object({
  state: z.enum(EXPORT_STATES),
  tenantId: z.string(),
  cancelRequested: z.boolean(),
});
const CountRow = z.object({ count: z.number() });

const COLUMNS = sql`e.id, e.tenant_id AS "tenantId", e.requested_by AS "requestedBy", e.kind, e.format, e.class_id AS "classId",
  e.group_id AS "groupId", g.path::text AS "groupPath", coalesce(c.name, g.name) AS "scopeName",
  g.deleted_at IS NOT NULL AS "isScopeGone", e.filters, e.options, e.with_drafts AS "withDrafts", e.state,
  e.snapshot_at AS "snapshotAt", e.time_zone AS "timeZone", e.rows_total AS "rowsTotal", e.rows_done AS "rowsDone", e.parts_done AS "partsDone",
  e.cursor, e.active_ms AS "activeMs", e.storage_key AS "storageKey", e.bytes, e.sha256, e.manifest, e.error_code AS "errorCode",
  e.cancel_requested_at AS "cancelRequestedAt", e.started_at AS "startedAt", e.finished_at AS "finishedAt", e.expires_at AS "expiresAt",
  e.revision, e.created_at AS "createdAt", e.updated_at AS "updatedAt"`;
const FROM = sql`exports e LEFT JOIN classes c ON c.id = e.class_id JOIN groups g ON g.id = coalesce(c.group_id, e.group_id)`;

export const EXPORT_SORTS = {
  createdAt: { expression: sql`e.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

export interface NewExport extends CreateExportInput {
  id: string;
  requestedBy: string;
  target: ExportTarget;
  withDrafts: boolean;
}

/** The side of people: asking, following, deleting. */
export class ExportsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async insert({ id, requestedBy, target, withDrafts, ...input }: NewExport): Promise<void> {
    const { kind, format, scope, filters, options } = input;
    await this.db.prisma.export.create({
      data: {
        id,
        tenantId: target.tenantId,
        requestedBy,
        kind,
        format,
        classId: scope.classId ?? null,
        groupId: scope.groupId ?? null,
        filters: { ...filters },
        options: { ...options },
        withDrafts,
      },
    });
  }

  /** How many of a person's are not finished; the person's row stays locked, so that two requests count one after the other. */
  async countUnfinished(userId: string): Promise<number> {
    await this.db.execute(sql`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
    const row = await this.db.row(
      sql`SELECT count(*) AS count FROM exports WHERE requested_by = ${userId}::uuid AND state IN ('queued', 'running')`,
      CountRow,
    );
    return row?.count ?? 0;
  }

  async find(id: string): Promise<Export | null> {
    return this.db.row(sql`SELECT ${COLUMNS} FROM ${FROM} WHERE e.id = ${id}::uuid`, ExportRow);
  }

  async list(
    userId: string,
    filters: ListedFilters & { kinds: readonly ExportKind[] },
    sort: { column: SortColumn; descending: boolean; name: string },
    page: PageRequest,
  ): Promise<Page<Export>> {
    const where: Sql[] = [sql`e.requested_by = ${userId}::uuid`];
    if (filters.kinds.length < EXPORT_KINDS.length)
      where.push(sql`e.kind = ANY(${[...filters.kinds]}::text[])`);
    if (filters.kind !== undefined) where.push(sql`e.kind = ${filters.kind}`);
    if (filters.state !== undefined) where.push(sql`e.state = ${filters.state}`);
    return this.lists.list({
      columns: COLUMNS,
      from: FROM,
      where,
      sort,
      id: sql`e.id`,
      page,
      row: ExportRow,
    });
  }

  /** The export's state, its row locked until the transaction ends. */
  async lock(id: string): Promise<z.infer<typeof LockedRow> | null> {
    return this.db.row(
      sql`SELECT state, tenant_id AS "tenantId", cancel_requested_at IS NOT NULL AS "cancelRequested" FROM exports WHERE id = ${id}::uuid FOR UPDATE`,
      LockedRow,
    );
  }

  async requestCancel(id: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET cancel_requested_at = ${now}, ${endIfQueued(now)} WHERE id = ${id}::uuid AND state IN ('queued', 'running')`,
    );
  }

  /** A file that is not to be had any more; deleting it is the next step. */
  async expire(id: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET state = 'expired' WHERE id = ${id}::uuid AND state = 'succeeded'`,
    );
  }
}

/** Nobody works on a queued one: it ends at once. */
const endIfQueued = (now: Date): Sql =>
  sql`state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END, finished_at = CASE state WHEN 'queued' THEN ${now}::timestamptz END`;
