import { can, type Principal, subject } from '../../authz/ability';
import { ExportForbiddenError, ExportNotReadyError } from './exports.errors';
import type { Export, ExportTarget } from './exports.types';

type Contents = ExportTarget & Pick<Export, 'kind' | 'withDrafts'>;

const contentsOf = ({ kind, tenantId, classId, groupPath, withDrafts }: Contents) => ({
  kind,
  tenantId,
  classId,
  groupPath,
  withDrafts,
});

/** The requested contents, for the rules. */
export const targetSubject = (contents: Contents) => subject('ExportTarget', contentsOf(contents));

/** The export itself, for the rules. */
export const exportSubject = (found: Export) =>
  subject('Export', { ...contentsOf(found), requestedBy: found.requestedBy });

/** Why the caller cannot have the file of an export that they can read; null if they can. */
export function reasonNotToDownload(
  principal: Principal,
  found: Export,
  now: Date,
): ExportForbiddenError | ExportNotReadyError | null {
  if (found.isScopeGone || !can(principal, 'export.download', exportSubject(found)))
    return new ExportForbiddenError();
  const isOver = found.expiresAt !== null && found.expiresAt <= now;
  if (isOver) return new ExportNotReadyError('expired');
  return found.state === 'succeeded' ? null : new ExportNotReadyError(found.state);
}
