import { assertChangeable, can, type Principal } from '../../authz/ability';
import { type GroupRole, readingRoleIn } from '../../authz/access';
import type { Action } from '../../authz/actions';
import type { Database } from '../../platform/db/database';
import type { LimitedAttempts } from '../../shared/attempts';
import type { ListQuery, Page } from '../../shared/pages';
import type { AccessService } from '../access';
import { type AuditService, auditSubject } from '../audit';
import {
  type ClassRoleGrounds,
  type GroupMembersService,
  PersonNotFoundError,
  type PersonRef,
  type TenantPeople,
} from '../groups';
import {
  ClassMemberExistsError,
  ClassMemberNotFoundError,
  JoinCodeUnknownError,
  LastTeacherError,
  NotOfSchoolError,
  OtherTeacherError,
  RemovedFromClassError,
} from './classes.errors';
import { normalizeJoinCode } from './classes.join-code';
import type { ClassesRepository } from './classes.repository';
import type { RosterFilters, RosterRepository } from './classes.roster.repository';
import { type ClassesService, classSubject } from './classes.service';
import type { Class, MemberRole, RosterEntry, RosterView } from './classes.types';

export interface RosterDeps {
  db: Database;
  classes: ClassesService;
  repository: ClassesRepository;
  roster: RosterRepository;
  people: TenantPeople;
  members: GroupMembersService;
  grounds: ClassRoleGrounds;
  /** Whether the settings in force let students see their classmates. */
  showsPeers(groupId: string): Promise<boolean>;
  access: AccessService;
  audit: AuditService;
  /** Counts a person's wrong codes. */
  joinGuesses: LimitedAttempts;
}

export interface AddMemberInput {
  person: PersonRef;
  role: MemberRole;
}

/**
 * The membership that an admin gives together with a class role, if the person has none that is a ground
 * for it.
 */
const MEMBERSHIPS: Readonly<Record<MemberRole, GroupRole>> = {
  teacher: 'teacher',
  assistant: 'staff',
  student: 'student',
};

/** Manages who is in a class, and how people join it. */
export class RosterService {
  constructor(private readonly deps: RosterDeps) {}

  /**
   * Lists the people of a class. Teachers, assistants and staff see everybody; students and observers see
   * the teachers, and themselves or their child.
   */
  async listRoster(
    principal: Principal,
    classId: string,
    query: ListQuery<RosterFilters>,
  ): Promise<Page<RosterEntry>> {
    const page = await this.deps.roster.list(
      principal,
      classId,
      await this.viewOf(principal, classId),
      query,
    );
    // An empty list may mean that the caller has no access to the class.
    if (page.items.length === 0) await this.deps.classes.getClass(principal, classId, 'class.read_roster');
    return page;
  }

  /**
   * Adds a person of the class's school. If an admin of its group adds them, they also become a member of
   * the group.
   * @throws ClassMemberExistsError, NotOfSchoolError; PersonNotFoundError for a person whom the caller cannot
   * see, whether they exist or not
   */
  async addMember(principal: Principal, classId: string, input: AddMemberInput): Promise<RosterEntry> {
    return this.deps.db.transaction(async () => {
      const found = await this.hold(principal, classId, 'class.manage_members');
      const { people, roster } = this.deps;
      const administers = can(principal, 'class.manage_teachers', classSubject(found));
      const userId = administers
        ? await people.takeIn(principal, input.person, found.tenantId)
        : await people.findHere(input.person, found.tenantId);
      await this.insert(found, userId, input.role);
      if (!(await this.deps.grounds.isGrounded(classId, userId))) {
        if (!administers) throw new PersonNotFoundError();
        const group = { id: found.groupId, tenantId: found.tenantId };
        if (!(await this.deps.members.ensure(group, userId, MEMBERSHIPS[input.role])))
          throw new NotOfSchoolError();
      }
      await roster.forgetRemoval(classId, userId);
      await this.recordChange('class.member_added', found, userId, { role: input.role });
      return this.getMember(classId, userId);
    });
  }

  /**
   * Adds a person who has agreed, with the membership that carries the role; one who has this role already stays.
   * @param principal by whose right, who need not be the caller
   * @throws ClassMemberExistsError, NotOfSchoolError
   */
  async admit(principal: Principal, classId: string, userId: string, role: MemberRole): Promise<void> {
    await this.deps.db.transaction(async () => {
      const found = await this.hold(principal, classId, 'class.manage_members', userId);
      await this.deps.people.takeIn(principal, { userId }, found.tenantId, { hasAgreed: true });
      const member = await this.deps.roster.find(classId, userId);
      if (member?.role === role) return;
      await this.insert(found, userId, role);
      if (!(await this.deps.grounds.isGrounded(classId, userId))) {
        const group = { id: found.groupId, tenantId: found.tenantId };
        if (!(await this.deps.members.ensure(group, userId, MEMBERSHIPS[role]))) throw new NotOfSchoolError();
      }
      await this.deps.roster.forgetRemoval(classId, userId);
      await this.recordChange('class.member_added', found, userId, { role });
    });
  }

  /**
   * @throws ClassMemberNotFoundError if the person is not in the class; NotOfSchoolError,
   * OtherTeacherError, LastTeacherError
   */
  async changeRole(
    principal: Principal,
    classId: string,
    userId: string,
    role: MemberRole,
  ): Promise<RosterEntry> {
    return this.deps.db.transaction(async () => {
      const found = await this.hold(principal, classId, 'class.manage_members', userId);
      if (role !== 'teacher') await this.assertMayUnseat(principal, found, userId);
      const before = await this.deps.roster.updateRole(classId, userId, role);
      if (before === null) throw new ClassMemberNotFoundError();
      if (before === role) return this.getMember(classId, userId);
      if (!(await this.deps.grounds.isGrounded(classId, userId))) throw new NotOfSchoolError();
      await this.recordChange('class.member_changed', found, userId, { from: before, to: role });
      return this.getMember(classId, userId);
    });
  }

  /**
   * Removes a person from the class; their submitted work stays. Everybody may remove themselves, except
   * the last teacher.
   * @throws ClassMemberNotFoundError, OtherTeacherError, LastTeacherError
   */
  async removeMember(principal: Principal, classId: string, userId: string): Promise<void> {
    const leaves = userId === principal.userId;
    await this.deps.db.transaction(async () => {
      const found = leaves
        ? await this.holdToLeave(principal, classId)
        : await this.hold(principal, classId, 'class.manage_members', userId);
      if (leaves && !principal.access.classRoles.has(classId)) throw new ClassMemberNotFoundError();
      await this.assertMayUnseat(principal, found, userId);
      const role = await this.deps.roster.remove(classId, userId);
      if (role === null) throw new ClassMemberNotFoundError();
      if (!leaves) await this.deps.roster.rememberRemoval(classId, userId, principal.userId);
      await this.recordChange('class.member_removed', found, userId, { role });
    });
  }

  /**
   * Makes the caller a student of the class with this code.
   * @throws JoinCodeUnknownError, also for a class of another tenant; RateLimitedError after too many of
   * these
   */
  async joinByCode(principal: Principal, typed: string): Promise<Class> {
    // Charged first, so that a hundred simultaneous guesses count as a hundred; a correct code is refunded.
    await this.deps.joinGuesses.take(principal.userId);
    try {
      const joined = await this.join(principal, typed);
      await this.deps.joinGuesses.refund(principal.userId);
      return joined;
    } catch (error) {
      if (!(error instanceof JoinCodeUnknownError)) await this.deps.joinGuesses.refund(principal.userId);
      throw error;
    }
  }

  private async join(principal: Principal, typed: string): Promise<Class> {
    const classId = await this.deps.db.transaction(async () => {
      const target = await this.deps.repository.findByJoinCode(normalizeJoinCode(typed));
      if (target === null || principal.tenantId !== target.tenantId) throw new JoinCodeUnknownError();
      await this.deps.grounds.hold(target.tenantId, principal.userId);
      await this.insert(target, principal.userId, 'student');
      if (!(await this.deps.grounds.isGrounded(target.id, principal.userId)))
        throw new JoinCodeUnknownError();
      if (await this.deps.roster.wasRemoved(target.id, principal.userId)) throw new RemovedFromClassError();
      await this.recordChange('class.joined', target, principal.userId, { role: 'student' });
      return target.id;
    });
    const found = await this.deps.repository.findById(classId);
    if (found === null) throw new JoinCodeUnknownError();
    return found;
  }

  /** Loads the class, and locks the tree and the person until the transaction ends. */
  private async hold(principal: Principal, classId: string, action: Action, userId?: string): Promise<Class> {
    const { tenantId } = await this.deps.classes.getClass(principal, classId, action);
    await this.deps.grounds.hold(tenantId, userId);
    return this.deps.classes.getClass(principal, classId, action);
  }

  /** The same for a person who leaves: they need no right to manage, but the class must not be archived. */
  private async holdToLeave(principal: Principal, classId: string): Promise<Class> {
    const found = await this.hold(principal, classId, 'class.read', principal.userId);
    assertChangeable('class.manage_members', found.archivedAt !== null);
    return found;
  }

  /**
   * Only admins remove or demote another teacher, and the last teacher of a class cannot leave it on their
   * own.
   */
  private async assertMayUnseat(principal: Principal, found: Class, userId: string): Promise<void> {
    await this.deps.roster.lockActiveTeachers(found.id);
    if (can(principal, 'class.manage_teachers', classSubject(found))) return;
    const entry = await this.deps.roster.find(found.id, userId);
    if (entry?.role !== 'teacher') return;
    if (userId !== principal.userId) throw new OtherTeacherError();
    if (entry.isLastTeacher) throw new LastTeacherError();
  }

  /**
   * A caller who is neither student nor observer of the class sees everybody or nobody; the list itself
   * decides that.
   */
  private async viewOf(principal: Principal, classId: string): Promise<RosterView> {
    const role = readingRoleIn(principal.access, classId);
    if (role !== 'student' && role !== 'observer') return { kind: 'everybody' };
    const found = await this.deps.classes.getClass(principal, classId, 'class.read_roster');
    if (can(principal, 'class.read_everybody', classSubject(found))) return { kind: 'everybody' };
    const peers = role === 'student' && (await this.deps.showsPeers(found.groupId));
    return { kind: 'limited', userIds: [principal.userId, ...principal.access.observedStudentIds], peers };
  }

  private async insert(target: { id: string }, userId: string, role: MemberRole): Promise<void> {
    if (!(await this.deps.roster.insert(target.id, userId, role)))
      throw new ClassMemberExistsError(target.id);
  }

  private async getMember(classId: string, userId: string): Promise<RosterEntry> {
    const member = await this.deps.roster.find(classId, userId);
    if (member === null) throw new ClassMemberNotFoundError();
    return member;
  }

  private async recordChange(
    action: string,
    target: { id: string; tenantId: string },
    userId: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.deps.access.rolesChanged([userId]);
    await this.deps.audit.record(auditSubject('class', target, userId), action, details);
  }
}
