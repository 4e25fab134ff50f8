import { authorize, can, type Principal, subject } from '../../authz/ability';
import { NotFoundError } from '../../shared/errors';
import type { ListQuery, Page } from '../../shared/pages';
import type { AuditNames } from './audit.names.service';
import type { AuditTrailRepository } from './audit.trail.repository';
import type { AuditEvent, AuditFilters, EventNames, NamedAuditEvent } from './audit.types';

/** The event does not exist, or the caller may not see it. */
export class AuditEventNotFoundError extends NotFoundError {
  constructor() {
    super('audit.not_found', 'There is no such audit event, or not for you.');
  }
}

/** Reads the audit trail for people who answer for a tenant. */
export class AuditTrailService {
  constructor(
    private readonly repository: AuditTrailRepository,
    private readonly names: AuditNames,
  ) {}

  /**
   * Lists the events of the caller's tenant; for platform admins those of all tenants or of the requested
   * one. @throws ForbiddenError
   */
  async listEvents(principal: Principal, query: ListQuery<AuditFilters>): Promise<Page<NamedAuditEvent>> {
    authorize(principal, 'audit.read', subject('AuditTrail', { tenantId: principal.tenantId }));
    const { tenantId } = principal;
    const { filters, page } = query;
    const isForeign = filters.tenantId !== undefined && filters.tenantId !== tenantId;
    if (principal.isPlatformAdmin) return this.named(principal, await this.repository.list(query));
    // Another tenant's events do not exist for the caller.
    if (tenantId === null || isForeign)
      return { items: [], pagination: { limit: page.limit, nextCursor: null } };
    return this.named(principal, await this.repository.list({ ...query, filters: { ...filters, tenantId } }));
  }

  /** @throws AuditEventNotFoundError, ForbiddenError for callers who may read no trail at all */
  async getEvent(principal: Principal, id: string): Promise<NamedAuditEvent> {
    authorize(principal, 'audit.read', subject('AuditTrail', { tenantId: principal.tenantId }));
    const event = await this.repository.find(id);
    if (event === null || !can(principal, 'audit.read', subject('AuditTrail', { tenantId: event.tenantId })))
      throw new AuditEventNotFoundError();
    const [names] = await this.names.namesFor(principal, [event]);
    return { ...event, ...(names as EventNames) };
  }

  private async named(principal: Principal, page: Page<AuditEvent>): Promise<Page<NamedAuditEvent>> {
    const names = await this.names.namesFor(principal, page.items);
    return { ...page, items: page.items.map((event, i) => ({ ...event, ...(names[i] as EventNames) })) };
  }
}
