import { API_BASE } from '../../http/base';
import type { NamedAuditEvent } from './audit.types';

/** An event with its names and its place in the hash chain, which is null until it is sealed. */
export function presentAuditEvent({ position, hash, createdAt, ...event }: NamedAuditEvent) {
  return {
    ...event,
    createdAt: createdAt.toISOString(),
    seal: position === null || hash === null ? null : { position, hash },
    links: { self: `${API_BASE}/admin/audit/${event.id}` },
  };
}
