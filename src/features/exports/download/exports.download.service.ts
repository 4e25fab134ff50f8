import type { Readable } from 'node:stream';
import { can, type Principal } from '../../../authz/ability';
import type { ByteRange } from '../../../platform/storage';
import type { Clock } from '../../../shared/clock';
import type { AuditService } from '../../audit';
import { ExportLinkError, ExportNotFoundError, ExportNotReadyError } from '../exports.errors';
import { assertMayRead } from '../exports.policy';
import type { ExportsRepository } from '../exports.repository';
import { exportSubject, reasonNotToDownload } from '../exports.subjects';
import type { Export } from '../exports.types';
import { fileNameOf, fileTypeOf } from '../formats/exports.formats';
import type { ExportFiles } from '../job/exports.files';
import type { ExportLinks } from './exports.links';

export interface DownloadDeps {
  repository: ExportsRepository;
  files: ExportFiles;
  links: ExportLinks;
  clock: Clock;
  audit: AuditService;
}

/** A finished file that is not read yet. */
export interface Download {
  bytes: number;
  sha256: string;
  contentType: string;
  fileName: string;
  /** Records the download in the audit trail. @throws StoredFileNotFoundError, UnavailableError */
  open(range: ByteRange): Promise<Readable>;
}

/** Serves files to the person who requested them, as long as they may read their contents. */
export class DownloadService {
  constructor(private readonly deps: DownloadDeps) {}

  /**
   * Creates a link that works for the caller only. @throws ExportNotFoundError, ExportForbiddenError,
   * ExportNotReadyError
   */
  async createLink(principal: Principal, id: string): Promise<{ token: string; expiresAt: Date }> {
    await this.getReady(principal, id);
    return this.deps.links.create(id, principal.userId, this.deps.clock.now());
  }

  /**
   * Returns the file behind a link. Whether the caller may still have it is checked now, not when the link
   * was created.
   * @throws what `createLink` throws, and ExportLinkError if the link has expired or belongs to another
   * user
   */
  async openLink(principal: Principal, id: string, token: string): Promise<Download> {
    const { audit, clock, files, links } = this.deps;
    const found = await this.getReady(principal, id);
    if (!links.isValid(token, id, principal.userId, clock.now())) throw new ExportLinkError();
    const { storageKey, bytes, sha256, tenantId } = found;
    if (storageKey === null || bytes === null || sha256 === null) throw new ExportNotReadyError(found.state);
    return {
      bytes,
      sha256,
      contentType: fileTypeOf(found.format).contentType,
      fileName: fileNameOf(found),
      open: async (range) => {
        const stream = await files.read(storageKey, range);
        await audit.record({ type: 'export', id, tenantId }, 'export.downloaded', {
          from: range.start,
          to: range.end ?? null,
        });
        return stream;
      },
    };
  }

  private async getReady(principal: Principal, id: string): Promise<Export> {
    const found = await this.deps.repository.find(id);
    if (found === null || !can(principal, 'export.read', exportSubject(found)))
      throw new ExportNotFoundError();
    assertMayRead(principal, found.kind);
    const reason = reasonNotToDownload(principal, found, this.deps.clock.now());
    if (reason !== null) throw reason;
    return found;
  }
}
