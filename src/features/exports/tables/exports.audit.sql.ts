import { sql } from '../../../platform/db/sql';
import { duringPeriod, NARROW_PAGE, when } from './exports.conditions.sql';
import type { Source } from './exports.source.sql';
import { alongIndex } from './exports.walk.sql';

/** The audit trail of a tenant, in its order. */
export const auditSource: Source = {
  columns: [
    { name: 'id', type: 'text', value: sql`e.id` },
    { name: 'seq', type: 'integer', value: sql`e.seq` },
    { name: 'created_at', type: 'time', value: sql`e.created_at` },
    { name: 'actor_kind', type: 'text', value: sql`e.actor_kind` },
    { name: 'actor_id', type: 'text', value: sql`e.actor_id` },
    { name: 'action', type: 'text', value: sql`e.action` },
    { name: 'subject_type', type: 'text', value: sql`e.subject_type` },
    { name: 'subject_id', type: 'text', value: sql`e.subject_id` },
    { name: 'about_user_id', type: 'text', value: sql`e.about_user_id` },
    { name: 'details', type: 'json', value: sql`e.details` },
    { name: 'request_id', type: 'text', value: sql`e.request_id` },
    { name: 'ip', type: 'text', value: sql`e.ip` },
  ],
  walk: ({ tenantId }) =>
    alongIndex({
      from: sql`audit_events e`,
      where: sql`e.tenant_id = ${tenantId}::uuid`,
      key: [{ value: sql`e.seq`, type: 'bigint' }],
    }),
  isAtKey: sql`e.seq = w.k0`,
  pageRows: NARROW_PAGE,
  from: () => sql`audit_events e`,
  where: (request) => [
    sql`e.tenant_id = ${request.tenantId}::uuid`,
    ...duringPeriod(sql`e.created_at`, request),
    ...when(
      request.filters.action,
      (action) => sql`(e.action = ${action} OR starts_with(e.action, ${`${action}.`}))`,
    ),
    ...when(request.filters.userId, (id) => sql`(e.actor_id = ${id}::uuid OR e.about_user_id = ${id}::uuid)`),
  ],
};
