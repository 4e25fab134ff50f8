import { performance } from 'node:perf_hooks';
import { can } from '../../../authz/ability';
import type { Database } from '../../../platform/db/database';
import type { AccessService } from '../../access';
import type { ExportProgress } from '../exports.contract';
import { ExportForbiddenError, ExportScopeGoneError, ExportSupersededError } from '../exports.errors';
import { KINDS } from '../exports.kinds';
import { type ReportRenderer, renderReport } from '../exports.reports';
import type { ExportsRepository } from '../exports.repository';
import { targetSubject } from '../exports.subjects';
import {
  type Export,
  type ExportManifest,
  isReport,
  type TableFormat,
  type TableKind,
} from '../exports.types';
import type { TableFormatter } from '../formats/exports.format';
import { FORMATTERS } from '../formats/exports.formats';
import type { SourceRequest } from '../tables/exports.source.sql';
import type { TableRows } from '../tables/exports.table-rows';
import type { ExportCompletion } from './exports.completion';
import type { ExportExecutionRepository } from './exports.execution.repository';
import type { ExportFiles } from './exports.files';
import { isInOrder, makePart } from './exports.parts';
import { exportProgressOf } from './exports.progress';

/** How long one activity works: after that, the workflow learns the progress and can be cancelled. */
const SLICE_MS = 10_000;

export interface ExportExecutionDeps {
  db: Database;
  exports: ExportsRepository;
  repository: ExportExecutionRepository;
  files: ExportFiles;
  sources: Readonly<Record<TableKind, TableRows>>;
  reports: ReportRenderer;
  access: AccessService;
  completion: ExportCompletion;
  timezoneOf: (groupId: string) => Promise<string>;
}

export interface SliceOptions {
  /** Aborted when the work is no longer wanted. */
  signal: AbortSignal;
  /** Aborted when another worker should continue: the work ends after the current part. */
  stopping?: AbortSignal;
  /** Called after each part. */
  onPart(done: { parts: number; rows: number }): void;
  sliceMs?: number;
}

interface Table {
  rows: TableRows;
  formatter: TableFormatter;
  request: SourceRequest;
}

/**
 * The steps of an export's workflow. Every step may be killed at any point and run again: the row records
 * the progress, a part counts when it is stored, and the file is assembled from the stored parts.
 */
export class ExportExecution {
  constructor(private readonly deps: ExportExecutionDeps) {}

  /**
   * Starts a queued export: checks again that its requester may have it, fixes its moment, and counts its
   * rows. @throws ExportForbiddenError, ExportScopeGoneError
   */
  async begin(id: string): Promise<ExportProgress> {
    const { deps } = this;
    if (!(await deps.repository.begin(id))) {
      const before = await deps.exports.find(id);
      // If it is still queued, it was cancelled before it could begin.
      if (before?.state === 'queued') return this.cancel(id);
      if (before?.state !== 'running') return this.progress(id);
    }
    const found = await this.get(id);
    await this.assertAllowed(found);
    if (found.snapshotAt === null)
      await deps.repository.fixSnapshot(id, await deps.timezoneOf(await this.groupOf(found)));
    if (!isReport(found.kind) && found.rowsTotal === null) {
      const { rows, request } = this.tableOf(await this.get(id));
      await deps.repository.setTotal(id, await rows.count(request));
    }
    return this.progress(id);
  }

  /** Stores rows for a while, from where the previous attempt stopped. @throws ExportSupersededError */
  async writeRows(id: string, options: SliceOptions): Promise<ExportProgress> {
    const until = performance.now() + (options.sliceMs ?? SLICE_MS);
    for (;;) {
      const found = await this.deps.exports.find(id);
      if (found?.state !== 'running' || isReport(found.kind)) return this.progress(id, true);
      options.signal.throwIfAborted();
      if (!isInOrder(found.cursor)) {
        await this.deps.repository.restart(id);
        continue;
      }
      const isComplete = await this.writePart(found);
      const now = await this.progress(id, isComplete);
      options.onPart({ parts: found.partsDone + 1, rows: now.rows });
      if (isComplete || options.stopping?.aborted === true || performance.now() > until) return now;
    }
  }

  /** Assembles the file and ends the export. @param signal aborted when the work is no longer wanted */
  async finish(id: string, signal?: AbortSignal): Promise<ExportProgress> {
    const { completion, files, ...deps } = this.deps;
    const found = await deps.exports.find(id);
    if (found?.state === 'running') {
      const table = isReport(found.kind) ? null : this.tableOf(found);
      const chunks = table === null ? renderReport(deps.reports, found) : this.assembled(found, table);
      const stored = await files.writeFile(id, untilAborted(chunks, signal));
      const people =
        table !== null && KINDS[found.kind].holdsWork ? await table.rows.people(table.request) : [];
      await completion.succeed(found, manifestOf(found, table, stored), people);
    }
    // Also if an earlier attempt was killed after its end.
    if ((await this.progress(id)).state === 'succeeded') await files.deleteParts(id);
    return this.progress(id);
  }

  /** Ends the export as failed with this code, unless it has ended. */
  async fail(id: string, code: string): Promise<ExportProgress> {
    await this.deps.completion.giveUp(id, 'failed', code);
    return this.progress(id);
  }

  /** Ends the export as cancelled, unless it has ended. */
  async cancel(id: string): Promise<ExportProgress> {
    await this.deps.completion.giveUp(id, 'cancelled', null);
    return this.progress(id);
  }

  /** @returns whether it was the last part */
  private async writePart(found: Export): Promise<boolean> {
    const { files, repository } = this.deps;
    const startedAt = performance.now();
    const { rows, formatter, request } = this.tableOf(found);
    const part = await makePart(rows, formatter, request, found);
    if (part.rows === 0 && part.isLast) return true;
    await files.writePart(found.id, found.partsDone, part.chunks);
    const advanced = await repository.advance(found.id, {
      part: found.partsDone,
      rows: part.rows,
      cursor: part.cursor,
      activeMs: Math.round(performance.now() - startedAt),
    });
    if (!advanced && (await this.progress(found.id)).state === 'running') throw new ExportSupersededError();
    return part.isLast;
  }

  private assembled(found: Export, { rows, formatter }: Table): AsyncIterable<Uint8Array> {
    return formatter.assemble(this.deps.files.parts(found.id, found.partsDone), {
      columns: rows.columns(found.withDrafts),
      bom: found.options.bom === true,
      sheetStarts: found.cursor?.sheetStarts ?? [0],
      title: KINDS[found.kind].title,
    });
  }

  private tableOf(found: Export): Table {
    const { snapshotAt, timeZone } = found;
    if (snapshotAt === null || timeZone === null) throw new Error('an export without a snapshot');
    return {
      rows: this.deps.sources[found.kind as TableKind],
      formatter: FORMATTERS[found.format as TableFormat],
      request: { ...found, snapshotAt, timeZone },
    };
  }

  private async assertAllowed(found: Export): Promise<void> {
    if (found.isScopeGone) throw new ExportScopeGoneError();
    const principal = await this.deps.access.findPrincipal(found.requestedBy, {
      sessionId: null,
      kind: 'system',
      scopes: null,
    });
    if (principal === null || !can(principal, 'export.create', targetSubject(found)))
      throw new ExportForbiddenError();
  }

  /** The group whose time zone applies: usage is counted in days of the tenant. */
  private async groupOf({ id, kind, tenantId }: Export): Promise<string> {
    return kind === 'usage' || kind === 'usage_report' ? tenantId : this.deps.repository.groupOf(id);
  }

  private async get(id: string): Promise<Export> {
    const found = await this.deps.exports.find(id);
    if (found === null) throw new ExportScopeGoneError();
    return found;
  }

  private async progress(id: string, rowsComplete = false): Promise<ExportProgress> {
    const found = await this.deps.exports.find(id);
    return found === null ? GONE : exportProgressOf(found, rowsComplete);
  }
}

async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

const GONE: ExportProgress = {
  state: 'gone',
  rows: 0,
  total: null,
  percent: 0,
  secondsLeft: null,
  rowsComplete: false,
  code: null,
};

function manifestOf(
  found: Export,
  table: Table | null,
  { bytes, sha256 }: { bytes: number; sha256: string },
): ExportManifest {
  const { kind, format, snapshotAt, timeZone, rowsDone, cursor } = found;
  return {
    kind,
    format,
    snapshotAt: (snapshotAt ?? found.createdAt).toISOString(),
    timeZone: timeZone ?? 'UTC',
    rows: table === null ? null : rowsDone,
    bytes,
    sha256,
    columns: table === null ? [] : table.rows.columns(found.withDrafts),
    sheets: table === null || table.formatter.sheetRows === null ? null : (cursor?.sheetStarts.length ?? 1),
    cutTexts: cursor?.cutTexts ?? 0,
  };
}
