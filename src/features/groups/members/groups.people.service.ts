import type { Principal } from '../../../authz/ability';
import type { AccessService } from '../../access';
import type { AuditService } from '../../audit';
import { UserNotFoundError } from '../groups.errors';
import type { PersonRef } from '../groups.types';
import type { PeopleRepository } from './groups.people.repository';

/** Finds people for a membership, and gives those without a tenant theirs. */
export class TenantPeople {
  constructor(
    private readonly repository: PeopleRepository,
    private readonly access: AccessService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The id of a person of the tenant, held until the ambient transaction ends.
   * @throws UserNotFoundError for everybody else, just the same.
   */
  async findHere(person: PersonRef, tenantId: string): Promise<string> {
    const found = await this.repository.lock(person);
    if (found === null || found.tenantId !== tenantId) throw new UserNotFoundError();
    return found.id;
  }

  /**
   * The id of a person who belongs to the tenant; one without any belongs to it from now on. Within a transaction.
   * @throws UserNotFoundError for nobody and, just the same, for people of other tenants.
   */
  async takeIn(principal: Principal, person: PersonRef, tenantId: string): Promise<string> {
    const found = await this.repository.lock(person);
    if (found === null) throw new UserNotFoundError();
    if (found.tenantId === tenantId) return found.id;
    // Else a tenant's admin could draw an operator into the tenant and then manage their account.
    const isOffLimits = found.isPlatformAdmin && !principal.isPlatformAdmin && found.id !== principal.userId;
    if (found.tenantId !== null || isOffLimits) throw new UserNotFoundError();
    await this.repository.setTenant(found.id, tenantId);
    await this.audit.record({
      action: 'user.taken_in',
      subjectType: 'user',
      subjectId: found.id,
      tenantId,
      aboutUserId: found.id,
    });
    await this.access.rolesChanged([found.id]);
    return found.id;
  }
}
