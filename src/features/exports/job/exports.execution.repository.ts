import { IdRow, NO_JSON } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import type { ExportManifest } from '../exports.types';
import {
  countPart,
  deleteOldExports,
  fixSnapshot,
  forgetFiles,
  LostRow,
  type PartDone,
  selectExpired,
  selectUnfinished,
} from './exports.job.sql';

export type { PartDone } from './exports.job.sql';

const DAY_MS = 86_400_000;

/** The job's side. */
export class ExportExecutionRepository {
  constructor(private readonly db: Database) {}

  /** Starts a queued export. @returns whether it was queued */
  async begin(id: string): Promise<boolean> {
    const { count } = await this.db.prisma.export.updateMany({
      where: { id, state: 'queued', cancelRequestedAt: null },
      data: { state: 'running', startedAt: new Date() },
    });
    return count > 0;
  }

  /** The group of the export, or of its class. */
  async groupOf(id: string): Promise<string> {
    const found = await this.db.prisma.export.findUniqueOrThrow({
      where: { id },
      select: { groupId: true, class: { select: { groupId: true } } },
    });
    const groupId = found.class?.groupId ?? found.groupId;
    if (groupId === null) throw new Error('an export without a group');
    return groupId;
  }

  /** Fixes the moment and the time zone of the export. Only the first call has an effect. */
  async fixSnapshot(id: string, timeZone: string): Promise<void> {
    await this.db.execute(fixSnapshot(id, timeZone));
  }

  /** Stores the number of rows, once. */
  async setTotal(id: string, rowsTotal: number): Promise<void> {
    const where = { id, state: 'running', rowsTotal: null } as const;
    await this.db.prisma.export.updateMany({ where, data: { rowsTotal } });
  }

  /** Discards the stored parts; new ones replace them. */
  async restart(id: string): Promise<void> {
    await this.db.prisma.export.updateMany({
      where: { id, state: 'running' },
      data: { partsDone: 0, rowsDone: 0, activeMs: 0, cursor: NO_JSON },
    });
  }

  /** Counts a stored part as done. @returns false if the export has ended or another attempt was faster */
  async advance(id: string, part: PartDone): Promise<boolean> {
    return (await this.db.execute(countPart(id, part))) > 0;
  }

  /** @returns false if it has already ended */
  async succeed(
    id: string,
    storageKey: string,
    manifest: ExportManifest,
    keptDays: number,
  ): Promise<boolean> {
    const { bytes, sha256 } = manifest;
    const now = new Date();
    const expiresAt = new Date(now.getTime() + keptDays * DAY_MS);
    const { count } = await this.db.prisma.export.updateMany({
      where: { id, state: 'running' },
      data: {
        ...{ state: 'succeeded', storageKey, bytes, sha256, manifest },
        ...{ finishedAt: now, expiresAt, cursor: NO_JSON },
      },
    });
    return count > 0;
  }

  /** Ends an export without a file. @returns false if it has already ended */
  async giveUp(id: string, state: 'failed' | 'cancelled', errorCode: string | null): Promise<boolean> {
    const { count } = await this.db.prisma.export.updateMany({
      where: { id, state: { in: ['queued', 'running'] } },
      data: { state, errorCode, finishedAt: new Date(), cursor: NO_JSON },
    });
    return count > 0;
  }

  /** Records that the storage holds nothing of it any more. */
  async markFilesDeleted(id: string): Promise<void> {
    await this.db.execute(forgetFiles(id));
  }

  /** Returns those of these storage keys that belong to an export whose files are not deleted. */
  async knownFiles(keys: readonly string[]): Promise<Set<string>> {
    const ids = keys.map((key) => /^exports\/([0-9a-f-]{36})\//.exec(key)?.[1] ?? null);
    const rows = await this.db.prisma.export.findMany({
      where: { id: { in: ids.filter((id) => id !== null) }, filesDeletedAt: null },
      select: { id: true },
    });
    const known = new Set(rows.map(({ id }) => id));
    return new Set(keys.filter((_, i) => known.has(ids[i] ?? '')));
  }

  /** Deletes the rows of exports that ended so long ago and have no file left. */
  async deleteOld(olderThanDays: number, limit: number): Promise<number> {
    return this.db.execute(deleteOldExports(olderThanDays, limit));
  }

  /** Returns the next unfinished exports, by id, and whether they are lost. */
  async nextUnfinished(
    olderThanHours: number,
    after: string | null,
    limit: number,
  ): Promise<{ id: string; isLost: boolean }[]> {
    return this.db.rows(selectUnfinished(olderThanHours, after, limit), LostRow);
  }

  /** Lists expired files, and files that failed and cancelled exports have left behind. */
  async listExpired(limit: number): Promise<string[]> {
    const rows = await this.db.rows(selectExpired(limit), IdRow);
    return rows.map(({ id }) => id);
  }
}
