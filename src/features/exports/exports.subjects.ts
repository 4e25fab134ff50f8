import { subject } from '../../authz/ability';
import type { Export, ExportTarget } from './exports.types';

type Contents = ExportTarget & Pick<Export, 'kind' | 'withDrafts'>;

const contentsOf = ({ kind, tenantId, classId, groupPath, withDrafts }: Contents) => ({
  kind,
  tenantId,
  classId,
  groupPath,
  withDrafts,
});

/** What somebody wants a file of. */
export const targetSubject = (contents: Contents) => subject('ExportTarget', contentsOf(contents));

/** The export itself. */
export const exportSubject = (found: Export) =>
  subject('Export', { ...contentsOf(found), requestedBy: found.requestedBy });
