import type { z } from 'zod';
import { type Call, listOrderOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { presentAuditEvent } from './audit.presenter';
import type { ListAuditQuery } from './audit.schemas';
import type { AuditTrailService } from './audit.trail.service';

export class AuditController {
  constructor(private readonly trail: AuditTrailService) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListAuditQuery>>): Promise<Reply> => {
    const { cursor = '', limit, sort, ...filters } = query;
    const list = { filters, ...listOrderOf({ cursor, limit, sort }) };
    return reply.page(mapPage(await this.trail.listEvents(principal, list), presentAuditEvent));
  };

  get = async ({ principal, params }: Call<{ id: string }>): Promise<Reply> =>
    reply.ok(presentAuditEvent(await this.trail.getEvent(principal, params.id)));
}
