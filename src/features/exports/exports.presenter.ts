import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { exportSubject, reasonNotToDownload } from './exports.subjects';
import { type Export, isFinishedExport } from './exports.types';
import { exportProgressOf } from './job/exports.progress';

export const exportLocation = (id: string): string => `${API_BASE}/exports/${id}`;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** An export with its progress and what the caller may do with it. */
export function presentExport(principal: Principal, found: Export, now: Date) {
  const { id, kind, format, classId, groupId, scopeName, filters, options, state, errorCode } = found;
  const { rows, total, percent, secondsLeft } = exportProgressOf(found);
  const self = exportLocation(id);
  const mayDownload = reasonNotToDownload(principal, found, now) === null;
  const isDeletable = state === 'succeeded' || (!isFinishedExport(state) && found.cancelRequestedAt === null);
  return {
    ...{ id, kind, format, filters, options, state, errorCode },
    scope: { classId, groupId, name: scopeName },
    progress: { rows, total, percent, secondsLeft },
    manifest: found.manifest,
    bytes: found.bytes,
    cancelRequestedAt: iso(found.cancelRequestedAt),
    startedAt: iso(found.startedAt),
    finishedAt: iso(found.finishedAt),
    expiresAt: iso(found.expiresAt),
    createdAt: found.createdAt.toISOString(),
    updatedAt: found.updatedAt.toISOString(),
    links: { self, link: `${self}/link` },
    can: {
      download: mayDownload,
      delete: isDeletable && can(principal, 'export.delete', exportSubject(found)),
    },
  };
}

/** A download link; `url` is a path that contains the token. */
export function presentLink(id: string, { token, expiresAt }: { token: string; expiresAt: Date }) {
  return {
    url: `${exportLocation(id)}/download?token=${token}`,
    expiresAt: expiresAt.toISOString(),
    links: { export: exportLocation(id) },
  };
}
