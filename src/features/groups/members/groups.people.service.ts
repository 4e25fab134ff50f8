import type { Principal } from '../../../authz/ability';
import type { AccessService } from '../../access';
import type { AuditService } from '../../audit';
import { AgreementRequiredError, EmailNotVerifiedError, PersonNotFoundError } from '../groups.errors';
import type { PersonRef } from '../groups.types';
import type { LockedPerson, PeopleRepository } from './groups.people.repository';

/** Finds people for a membership, and gives people without a tenant the group's tenant. */
export class TenantPeople {
  constructor(
    private readonly repository: PeopleRepository,
    private readonly access: AccessService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Returns the id of a person of the tenant, locked until the ambient transaction ends.
   * @throws PersonNotFoundError for everybody else, in the same way
   * @throws EmailNotVerifiedError
   */
  async findHere(person: PersonRef, tenantId: string): Promise<string> {
    const found = await this.repository.lock(person);
    if (found === null || found.tenantId !== tenantId) throw new PersonNotFoundError();
    assertProven(found);
    return found.id;
  }

  /**
   * Returns the id of a person of the tenant. A person without a tenant joins it. Call it in a transaction.
   * @throws PersonNotFoundError if the person does not exist or, in the same way, if they belong to another
   * tenant
   * @throws EmailNotVerifiedError
   */
  async takeIn(
    principal: Principal,
    person: PersonRef,
    tenantId: string,
    { hasAgreed = false } = {},
  ): Promise<string> {
    const found = await this.repository.lock(person);
    if (found === null) throw new PersonNotFoundError();
    if (found.tenantId === tenantId) {
      assertProven(found);
      return found.id;
    }
    // Otherwise a tenant's admin could take a platform admin into the tenant and then manage their account.
    const isOffLimits = found.isPlatformAdmin && !principal.isPlatformAdmin && found.id !== principal.userId;
    if (found.tenantId !== null || isOffLimits) throw new PersonNotFoundError();
    assertProven(found);
    // Nobody is put into a district without agreeing, unless others made their account.
    if (found.isSelfRegistered && !hasAgreed && found.id !== principal.userId)
      throw new AgreementRequiredError();
    await this.repository.setTenant(found.id, tenantId);
    await this.audit.record({ type: 'user', id: found.id, tenantId, aboutUserId: found.id }, 'user.taken_in');
    await this.access.rolesChanged([found.id]);
    return found.id;
  }
}

/** Anybody could register with the address of a teacher: until its mails are read, it gets no role. */
function assertProven({ isSelfRegistered, emailVerifiedAt }: LockedPerson): void {
  if (isSelfRegistered && emailVerifiedAt === null) throw new EmailNotVerifiedError();
}
