import type { Principal } from '../../../authz/ability';
import type { ListOrder, Page } from '../../../shared/pages';
import type { AccessService } from '../../access';
import type { AuditService } from '../../audit';
import type { GroupFinder } from '../groups.finder';
import type { EndedClassRole, GroundsRepository, UngroundedClassRole } from './groups.grounds.repository';

interface Deps {
  grounds: GroundsRepository;
  finder: GroupFinder;
  access: AccessService;
  audit: AuditService;
}

/**
 * A class role needs a ground: a membership of the class's school. Code that changes a membership, or the
 * place of a class or group, calls this in the same transaction after the change; roles that have lost
 * their ground then end.
 */
export class ClassRoleGrounds {
  constructor(private readonly deps: Deps) {}

  /**
   * Call this before a person gets or loses a role: keeps the tree, then the person, until the transaction
   * ends.
   */
  async hold(tenantId: string, userId?: string): Promise<void> {
    await this.deps.grounds.shareTree(tenantId);
    if (userId !== undefined) await this.deps.grounds.lockPerson(userId);
  }

  /** Call this before a class moves: waits for all transactions that give or take roles in the tenant. */
  async holdTree(tenantId: string): Promise<void> {
    await this.deps.grounds.lockTree(tenantId);
  }

  /** Whether a membership is a ground for the person's role in the class. */
  async isGrounded(classId: string, userId: string): Promise<boolean> {
    return this.deps.grounds.isGrounded(classId, userId);
  }

  /** Call this after a person's membership of a group has ended or changed. */
  async membershipChanged(
    tenantId: string,
    userId: string,
    group: { path: string },
  ): Promise<EndedClassRole[]> {
    return this.recorded(tenantId, await this.deps.grounds.endOfPerson(userId, group.path));
  }

  /** Call this after a class has moved to another group. */
  async classMoved(tenantId: string, classId: string): Promise<EndedClassRole[]> {
    return this.recorded(tenantId, await this.deps.grounds.endOfClass(classId));
  }

  /** Call this after a group has moved with all groups below it. */
  async groupMoved(tenantId: string, groupId: string): Promise<EndedClassRole[]> {
    return this.recorded(tenantId, await this.deps.grounds.endAround(groupId));
  }

  /**
   * Lists class roles at the group and below it without a ground. @throws GroupNotFoundError,
   * ForbiddenError
   */
  async listUngrounded(
    principal: Principal,
    groupId: string,
    order: ListOrder,
  ): Promise<Page<UngroundedClassRole>> {
    const group = await this.deps.finder.getFor(principal, groupId, 'group.manage_members');
    return this.deps.grounds.list(group, order);
  }

  private async recorded(tenantId: string, ended: EndedClassRole[]): Promise<EndedClassRole[]> {
    const { access, audit } = this.deps;
    const classIds = [...new Set(ended.map(({ classId }) => classId))];
    for (const classId of classIds) {
      await audit.recordAbout(
        { type: 'class', id: classId, tenantId },
        ended.filter((role) => role.classId === classId).map(({ userId }) => userId),
        'class.member_removed',
        { because: 'no_membership' },
      );
    }
    await access.rolesChanged([...new Set(ended.map(({ userId }) => userId))]);
    return ended;
  }
}
