import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { AuditController } from './audit.controller';
import { AuditEventSchema, ListAuditQuery } from './audit.schemas';

export const auditRoutes = (controller: AuditController): Route[] => [
  defineRoute({
    method: 'get',
    path: '/admin/audit',
    summary: 'List audit events',
    description:
      'Admins of a root group see the events of their tenant, platform admins all. Newest first. Each event gets its place in the hash chain of its tenant within minutes.',
    access: signedIn('audit.read'),
    query: ListAuditQuery,
    success: { status: 200, description: 'A page of events.', data: AuditEventSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'get',
    path: '/admin/audit/:id',
    summary: 'Get an audit event',
    access: signedIn('audit.read'),
    params: IdParams,
    success: { status: 200, description: 'The event.', data: AuditEventSchema },
    errors: { 'audit.not_found': 'There is no such event, or you may not see it.' },
    handler: controller.get,
  }),
];
