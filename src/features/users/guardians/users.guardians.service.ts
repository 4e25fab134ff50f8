import type { Principal } from '../../../authz/ability';
import type { Database } from '../../../platform/db/database';
import type { ListOrder, Page } from '../../../shared/pages';
import type { AccessService } from '../../access';
import { type AuditService, auditSubject } from '../../audit';
import {
  GuardianExistsError,
  GuardianNotFoundError,
  OwnGuardianError,
  UserNotFoundError,
} from '../users.errors';
import type { UsersService } from '../users.service';
import type { Guardian, GuardianRef, PlacedUser } from '../users.types';
import type { GuardiansRepository } from './users.guardians.repository';

interface Deps {
  db: Database;
  guardians: GuardiansRepository;
  users: UsersService;
  access: AccessService;
  audit: AuditService;
}

/**
 * Manages who reads a student's returned work: the admins who manage the student decide it, not a class
 * list.
 */
export class GuardiansService {
  constructor(private readonly deps: Deps) {}

  /** @throws UserNotFoundError, ForbiddenError */
  async list(principal: Principal, studentId: string, order: ListOrder): Promise<Page<Guardian>> {
    await this.deps.users.getFor(principal, studentId, 'user.read_guardians');
    return this.deps.guardians.list(studentId, order);
  }

  /**
   * Links a person of the student's tenant.
   * @throws UserNotFoundError (also for a person of another tenant), ForbiddenError, GuardianExistsError,
   * OwnGuardianError
   */
  async add(principal: Principal, studentId: string, person: GuardianRef): Promise<Guardian> {
    const { db, guardians } = this.deps;
    return db.transaction(async () => {
      const student = await this.deps.users.getFor(principal, studentId, 'user.manage_guardians');
      const found = await guardians.findPerson(person);
      if (found === null || student.tenantId === null || found.tenantId !== student.tenantId)
        throw new UserNotFoundError();
      if (found.id === studentId) throw new OwnGuardianError();
      if (!(await guardians.insert(studentId, found.id))) throw new GuardianExistsError();
      await this.changed('guardian.added', student, found.id);
      const added = await guardians.find(studentId, found.id);
      if (added === null) throw new GuardianNotFoundError();
      return added;
    });
  }

  /** @throws UserNotFoundError, ForbiddenError, GuardianNotFoundError */
  async remove(principal: Principal, studentId: string, guardianId: string): Promise<void> {
    await this.deps.db.transaction(async () => {
      const student = await this.deps.users.getFor(principal, studentId, 'user.manage_guardians');
      if (!(await this.deps.guardians.delete(studentId, guardianId))) throw new GuardianNotFoundError();
      await this.changed('guardian.removed', student, guardianId);
    });
  }

  private async changed(action: string, student: PlacedUser, guardianId: string): Promise<void> {
    await this.deps.audit.record(auditSubject('user', student, student.id), action, { guardianId });
    await this.deps.access.usersChanged([guardianId]);
  }
}
