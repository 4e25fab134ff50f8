import { runInContext } from '../../../platform/context';
import type { Database } from '../../../platform/db/database';
import { type AuditService, auditSubject } from '../../audit';
import type { ExportsRepository } from '../exports.repository';
import type { Export, ExportManifest } from '../exports.types';
import type { ExportExecutionRepository } from './exports.execution.repository';
import { type ExportFiles, fileKey } from './exports.files';

/** Long enough for a weekend and a holiday, short enough that copies of personal data do not pile up. */
export const KEPT_DAYS = 7;

/** Called in the transaction in which an export becomes ready. */
export type OnReady = (
  found: Pick<Export, 'id' | 'tenantId' | 'requestedBy' | 'kind' | 'format'>,
) => Promise<void>;

export interface ExportCompletionDeps {
  db: Database;
  exports: ExportsRepository;
  repository: ExportExecutionRepository;
  files: ExportFiles;
  audit: AuditService;
  onReady: OnReady;
}

/** Ends an export: once, with an audit event, and with only a wanted file left in the storage. */
export class ExportCompletion {
  constructor(private readonly deps: ExportCompletionDeps) {}

  /** @param people the students whose work is in the file; the reading is recorded for each of them */
  async succeed(found: Export, manifest: ExportManifest, people: readonly string[]): Promise<void> {
    const { audit, db, onReady, repository } = this.deps;
    await db.transaction(
      async () => {
        if (!(await repository.succeed(found.id, fileKey(found.id), manifest, KEPT_DAYS))) return;
        await this.recordEnd(found, { state: 'succeeded', rows: manifest.rows, bytes: manifest.bytes });
        // The requester reads the work, not the system.
        await runInContext({ actorKind: 'user', userId: found.requestedBy }, () =>
          audit.recordAbout(
            auditSubject('export', found),
            people.filter((id) => id !== found.requestedBy),
            'work.exported',
            { kind: found.kind },
          ),
        );
        await onReady(found);
      },
      { timeoutMs: ENDING_TIMEOUT_MS },
    );
  }

  /** Ends an export without a file, and removes what is stored of it. */
  async giveUp(id: string, state: 'failed' | 'cancelled', code: string | null): Promise<void> {
    const { db, repository } = this.deps;
    await db.transaction(async () => {
      if (!(await repository.giveUp(id, state, code))) return;
      const found = await this.deps.exports.find(id);
      if (found !== null) await this.recordEnd(found, code === null ? { state } : { state, code });
    });
    const ended = await this.deps.exports.find(id);
    // Also if an earlier attempt was killed after the end.
    if (ended?.state === 'failed' || ended?.state === 'cancelled') await this.removeFiles(id);
  }

  /** First the files, then the row, so that a row never says that existing files are gone. */
  async removeFiles(id: string): Promise<void> {
    await this.deps.files.deleteEverything(id);
    await this.deps.repository.markFilesDeleted(id);
  }

  private async recordEnd(
    { id, tenantId }: Pick<Export, 'id' | 'tenantId'>,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.deps.audit.record({ type: 'export', id, tenantId }, 'export.ended', details);
  }
}

/** Enough for one audit event per student of a large district. */
const ENDING_TIMEOUT_MS = 60_000;
