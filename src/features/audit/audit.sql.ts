import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { SortColumn } from '../../platform/db/paging';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { AuditFilters } from './audit.types';

const EVENT = {
  id: true,
  seq: true,
  tenantId: true,
  actorId: true,
  actorKind: true,
  action: true,
  subjectType: true,
  subjectId: true,
  aboutUserId: true,
  details: true,
  requestId: true,
  ip: true,
  createdAt: true,
} as const satisfies Prisma.AuditEventSelect;

/** An event with its link in the hash chain, which is missing until it is sealed. */
export const EventRow = modelRow<Prisma.AuditEventGetPayload<{ select: typeof EVENT }>>(EVENT).extend({
  position: z.number().nullable(),
  hash: z.string().nullable(),
});

export const eventColumns = sql`${columnsOf(EVENT, 'e')},
  s.position,
  encode(s.hash, 'hex') AS hash`;

export const EVENTS_FROM = sql`audit_events e
  LEFT JOIN audit_seals s ON s.id = e.id`;

export const AUDIT_SORTS = {
  createdAt: { expression: sql`e.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

export function selectEvent(id: string): Sql {
  return sql`SELECT ${eventColumns}
             FROM ${EVENTS_FROM}
             WHERE e.id = ${id}::uuid`;
}

/** The conditions on an event for the given filters. */
export function eventConditions(filters: AuditFilters): Sql[] {
  const where: Sql[] = [];
  if (filters.tenantId !== undefined) where.push(sql`e.tenant_id = ${filters.tenantId}::uuid`);
  if (filters.action !== undefined) where.push(sql`e.action = ${filters.action}`);
  if (filters.actorId !== undefined) where.push(sql`e.actor_id = ${filters.actorId}::uuid`);
  if (filters.subjectType !== undefined) where.push(sql`e.subject_type = ${filters.subjectType}`);
  if (filters.subjectId !== undefined) where.push(sql`e.subject_id = ${filters.subjectId}::uuid`);
  if (filters.aboutUserId !== undefined) where.push(sql`e.about_user_id = ${filters.aboutUserId}::uuid`);
  if (filters.from !== undefined) where.push(sql`e.created_at >= ${filters.from}`);
  if (filters.to !== undefined) where.push(sql`e.created_at < ${filters.to}`);
  return where;
}

export const NameRow = z.object({ id: z.string(), name: z.string() });

/**
 * The names of things, including archived ones. @param tenantId the only tenant whose things have names;
 * null for all
 */
export function selectNames(ids: readonly string[], tenantId: string | null): Sql {
  const wanted = sql`id = ANY(${[...ids]}::uuid[])
    ${tenantId === null ? empty : sql`AND tenant_id = ${tenantId}::uuid`}`;
  return sql`SELECT id, name
             FROM groups
             WHERE ${wanted}
             UNION ALL
             SELECT id, name
             FROM classes
             WHERE ${wanted}
             UNION ALL
             SELECT id, name
             FROM tools
             WHERE ${wanted}
             UNION ALL
             SELECT id, title
             FROM assignments
             WHERE ${wanted}
             UNION ALL
             SELECT id, display_name
             FROM ai_models
             WHERE ${wanted}`;
}
