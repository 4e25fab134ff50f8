import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import {
  EXPORT_SORTS,
  EXPORTS_FROM,
  ExportRow,
  exportColumns,
  exportConditions,
  selectExport,
} from './exports.sql';
import type { CreateExportInput, Export, ExportKind, ExportTarget, ListedFilters } from './exports.types';

const LOCKED = {
  state: true,
  tenantId: true,
  cancelRequestedAt: true,
} as const satisfies Prisma.ExportSelect;

export interface NewExport extends CreateExportInput {
  id: string;
  requestedBy: string;
  target: ExportTarget;
  withDrafts: boolean;
}

/** The users' side: create, follow, delete. */
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
        filters,
        options,
        withDrafts,
      },
      select: { id: true },
    });
  }

  /**
   * Counts a person's unfinished exports. The person's row stays locked, so that two requests count one
   * after the other.
   */
  async countUnfinished(userId: string): Promise<number> {
    const { prisma } = this.db;
    await prisma.user.lock({ where: { id: userId }, select: { id: true }, strength: 'NO KEY UPDATE' });
    return prisma.export.count({ where: { requestedBy: userId, state: { in: ['queued', 'running'] } } });
  }

  async find(id: string): Promise<Export | null> {
    return this.db.row(selectExport(id), ExportRow);
  }

  async list(
    userId: string,
    { filters, sort, page }: ListQuery<ListedFilters & { kinds?: readonly ExportKind[] | undefined }>,
  ): Promise<Page<Export>> {
    return this.lists.list({
      columns: exportColumns,
      from: EXPORTS_FROM,
      where: exportConditions(userId, filters),
      sort: sortBy(EXPORT_SORTS, sort),
      id: sql`e.id`,
      page,
      row: ExportRow,
    });
  }

  /** Returns the export's state, with its row locked until the transaction ends. */
  async lock(id: string): Promise<Prisma.ExportGetPayload<{ select: typeof LOCKED }> | null> {
    return this.db.prisma.export.lock({ where: { id }, select: LOCKED });
  }

  /** A queued export is cancelled immediately, because no worker has it; a running one cancels itself. */
  async requestCancel(id: string, now: Date): Promise<void> {
    const { prisma } = this.db;
    const ended = { cancelRequestedAt: now, state: 'cancelled', finishedAt: now } as const;
    const { count } = await prisma.export.updateMany({ where: { id, state: 'queued' }, data: ended });
    if (count === 0)
      await prisma.export.updateMany({ where: { id, state: 'running' }, data: { cancelRequestedAt: now } });
  }

  /** Marks a file as no longer available; it is deleted next. */
  async expire(id: string): Promise<void> {
    await this.db.prisma.export.updateMany({ where: { id, state: 'succeeded' }, data: { state: 'expired' } });
  }
}
