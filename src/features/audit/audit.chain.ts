import { createHash } from 'node:crypto';

/** The chain of events that belong to no tenant. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/**
 * An audit event as the database writes it out, each column as text. `seq` is decimal; `details` is jsonb
 * as PostgreSQL prints it (keys by length, then by bytes; a space after each colon and comma); `createdAt`
 * is in UTC with microseconds, `2026-01-31T08:05:00.123456Z`.
 */
export interface EventText {
  id: string;
  seq: string;
  tenantId: string | null;
  actorId: string | null;
  actorKind: string;
  action: string;
  subjectType: string;
  subjectId: string | null;
  aboutUserId: string | null;
  details: string;
  requestId: string | null;
  ip: string | null;
  createdAt: string;
}

/** The chain to which an event belongs. */
export const chainOf = (tenantId: string | null): string => tenantId ?? NO_TENANT;

/**
 * The hashed text of an event: a JSON array of its columns in this order, without spaces, `null` for
 * missing values. Anybody can rebuild it from an export, without this code.
 */
export function canonicalText(event: EventText): string {
  return JSON.stringify([
    event.id,
    event.seq,
    event.tenantId,
    event.actorId,
    event.actorKind,
    event.action,
    event.subjectType,
    event.subjectId,
    event.aboutUserId,
    event.details,
    event.requestId,
    event.ip,
    event.createdAt,
  ]);
}

/** The hash before the first event. Each chain has its own, so that no part of one fits into another. */
export function genesisHash(chainId: string): Buffer {
  return createHash('sha256').update(`raptscallions audit chain 1 ${chainId}`).digest();
}

/** The seal of an event: SHA-256 of the previous seal's 32 bytes and the event's canonical text in UTF-8. */
export function sealHash(previous: Buffer, event: EventText): Buffer {
  return createHash('sha256').update(previous).update(canonicalText(event), 'utf8').digest();
}
