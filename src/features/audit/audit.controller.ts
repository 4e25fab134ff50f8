import type { z } from 'zod';
import { type Call, type Reply, reply, sortOf } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { presentAuditEvent } from './audit.presenter';
import type { ListAuditQuery } from './audit.schemas';
import type { AuditTrailService } from './audit.trail.service';

export class AuditController {
  constructor(private readonly trail: AuditTrailService) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListAuditQuery>>): Promise<Reply> => {
    const { cursor = '', limit, sort, ...filters } = query;
    const page = { kind: 'cursor', cursor: cursor === '' ? null : cursor, limit } as const;
    return reply.page(
      mapPage(await this.trail.listEvents(principal, filters, sortOf(sort), page), presentAuditEvent),
    );
  };

  get = async ({ principal, params }: Call<{ id: string }>): Promise<Reply> =>
    reply.ok(presentAuditEvent(await this.trail.getEvent(principal, params.id)));
}
