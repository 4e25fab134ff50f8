export const ACTOR_KINDS = ['user', 'api_token', 'system', 'anonymous'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** A recorded event. */
export interface AuditEvent {
  id: string;
  /** The order in which events were written, over all tenants, with gaps. */
  seq: number;
  tenantId: string | null;
  actorId: string | null;
  actorKind: ActorKind;
  action: string;
  subjectType: string;
  subjectId: string | null;
  aboutUserId: string | null;
  details: unknown;
  requestId: string | null;
  ip: string | null;
  createdAt: Date;
  /** Its place in the hash chain; null until the next round of sealing. */
  position: number | null;
  /** In hexadecimal. */
  hash: string | null;
}

/**
 * The current names of an event's ids; null if the thing is gone, has no name, or is hidden from the
 * caller.
 */
export interface EventNames {
  actorName: string | null;
  subjectName: string | null;
  aboutUserName: string | null;
}

export type NamedAuditEvent = AuditEvent & EventNames;

export interface AuditFilters {
  tenantId?: string | undefined;
  action?: string | undefined;
  actorId?: string | undefined;
  subjectType?: string | undefined;
  subjectId?: string | undefined;
  aboutUserId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}
