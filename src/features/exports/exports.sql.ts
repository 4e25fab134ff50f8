import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';

type ExportKind = z.output<typeof ExportRow>['kind'];

export interface ListedFilters {
  kind?: ExportKind | undefined;
  state?: z.output<typeof ExportRow>['state'] | undefined;
}

const EXPORT = {
  id: true,
  tenantId: true,
  requestedBy: true,
  kind: true,
  format: true,
  classId: true,
  groupId: true,
  filters: true,
  options: true,
  withDrafts: true,
  state: true,
  snapshotAt: true,
  timeZone: true,
  rowsTotal: true,
  rowsDone: true,
  partsDone: true,
  cursor: true,
  activeMs: true,
  storageKey: true,
  bytes: true,
  sha256: true,
  manifest: true,
  errorCode: true,
  cancelRequestedAt: true,
  startedAt: true,
  finishedAt: true,
  expiresAt: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.ExportSelect;

export const ExportRow = modelRow<Prisma.ExportGetPayload<{ select: typeof EXPORT }>>(EXPORT).extend({
  /** The path of the class's group, or of the group. */
  groupPath: z.string(),
  /** The name of the class or group. */
  scopeName: z.string(),
  /** Whether the class or group has been archived since. */
  isScopeGone: z.boolean(),
});

export const exportColumns = sql`${columnsOf(EXPORT, 'e')},
  g.path_text AS "groupPath",
  coalesce(c.name, g.name) AS "scopeName",
  g.deleted_at IS NOT NULL AS "isScopeGone"`;

export const EXPORTS_FROM = sql`exports e
  LEFT JOIN classes c ON c.id = e.class_id
  JOIN groups g ON g.id = coalesce(c.group_id, e.group_id)`;

export const EXPORT_SORTS = {
  createdAt: { expression: sql`e.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

export function selectExport(id: string): Sql {
  return sql`SELECT ${exportColumns}
             FROM ${EXPORTS_FROM}
             WHERE e.id = ${id}::uuid`;
}

/** The conditions on a person's exports for the given filters. */
export function exportConditions(
  userId: string,
  filters: ListedFilters & { kinds?: readonly ExportKind[] | undefined },
): Sql[] {
  const where = [sql`e.requested_by = ${userId}::uuid`];
  if (filters.kinds !== undefined) where.push(sql`e.kind = ANY(${[...filters.kinds]}::text[])`);
  if (filters.kind !== undefined) where.push(sql`e.kind = ${filters.kind}`);
  if (filters.state !== undefined) where.push(sql`e.state = ${filters.state}`);
  return where;
}
