import type { Principal } from '../../authz/ability';
import type { ClassRole } from '../../authz/access';
import type { AttemptLimit } from '../../http/rate-limit';
import type { Database } from '../../platform/db/database';
import type { Page } from '../../shared/pages';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { PersonRef, TenantPeople } from '../groups';
import {
  ClassMemberExistsError,
  ClassMemberNotFoundError,
  JoinCodeUnknownError,
  ObserverWithoutStudentError,
} from './classes.errors';
import { normalizeJoinCode } from './classes.join-code';
import { viewsClass } from './classes.policy';
import type { ClassesRepository } from './classes.repository';
import type { RosterFilters, RosterOrder, RosterRepository } from './classes.roster.repository';
import type { ClassesService } from './classes.service';
import type { Class, RosterEntry, RosterView } from './classes.types';

export interface RosterDeps {
  db: Database;
  classes: ClassesService;
  repository: ClassesRepository;
  roster: RosterRepository;
  people: TenantPeople;
  /** Whether the settings in force let students see who else is in their class. */
  showsPeers(groupId: string): Promise<boolean>;
  access: AccessService;
  audit: AuditService;
  /** Counts wrong codes of a person. */
  joinGuesses: AttemptLimit;
}

export interface AddMemberInput {
  person: PersonRef;
  role: ClassRole;
  /** For an observer: the student whose returned results they may read. */
  studentId?: string | undefined;
}

/** Who is in a class, and how people come into it. */
export class RosterService {
  constructor(private readonly deps: RosterDeps) {}

  /** Teachers, assistants and staff see everybody; students and observers see the teachers, and themselves or their child. */
  async listRoster(
    actor: Principal,
    classId: string,
    filters: RosterFilters,
    order: RosterOrder,
  ): Promise<Page<RosterEntry>> {
    const page = await this.deps.roster.list(
      actor.access,
      classId,
      await this.viewOf(actor, classId),
      filters,
      order,
    );
    // A list of nothing may mean that the caller has nothing to do with the class.
    if (page.items.length === 0) await this.deps.classes.getClass(actor, classId, 'class.read_roster');
    return page;
  }

  /** @throws ClassMemberExistsError, and NotFoundError for a person who is not of this tenant. */
  async addMember(actor: Principal, classId: string, input: AddMemberInput): Promise<RosterEntry> {
    return this.deps.db.transaction(async () => {
      const found = await this.deps.classes.getClass(actor, classId, 'class.manage_members');
      await this.assertObserverHasStudent(classId, input);
      const userId = await this.deps.people.takeIn(actor, input.person, found.tenantId);
      if (input.studentId === undefined) await this.insert(found, userId, input.role);
      else await this.insertObserver(found, userId, input.studentId);
      await this.recordChange('class.member_added', found, userId, {
        role: input.role,
        ...(input.studentId === undefined ? {} : { studentId: input.studentId }),
      });
      return this.getMember(classId, userId);
    });
  }

  /** @throws ClassMemberNotFoundError where the person is not in the class. */
  async changeRole(
    actor: Principal,
    classId: string,
    userId: string,
    role: Exclude<ClassRole, 'observer'>,
  ): Promise<RosterEntry> {
    return this.deps.db.transaction(async () => {
      const found = await this.deps.classes.getClass(actor, classId, 'class.manage_members');
      const before = await this.deps.roster.updateRole(classId, userId, role);
      if (before === null) throw new ClassMemberNotFoundError();
      if (before === 'observer') await this.deps.roster.unlinkObserver(classId, userId);
      await this.recordChange('class.member_changed', found, userId, { from: before, to: role });
      return this.getMember(classId, userId);
    });
  }

  /** Takes a person out; what they have handed in stays. Everybody may take themselves out. */
  async removeMember(actor: Principal, classId: string, userId: string): Promise<void> {
    await this.deps.db.transaction(async () => {
      const found = await this.deps.classes.getClass(
        actor,
        classId,
        userId === actor.userId ? 'class.read' : 'class.manage_members',
      );
      if (actor.userId === userId && !actor.access.classRoles.has(classId))
        throw new ClassMemberNotFoundError();
      const role = await this.deps.roster.remove(classId, userId);
      if (role === null) throw new ClassMemberNotFoundError();
      if (role === 'observer') await this.deps.roster.unlinkObserver(classId, userId);
      await this.recordChange('class.member_removed', found, userId, { role });
    });
  }

  /**
   * Makes the caller a student of the class with this code.
   * @throws JoinCodeUnknownError also for a class of another tenant; RateLimitedError after too many of these.
   */
  async joinByCode(actor: Principal, typed: string): Promise<Class> {
    // Charged before, so that a hundred guesses at once count as a hundred; only wrong ones stay charged.
    await this.deps.joinGuesses.take(actor.userId);
    try {
      const joined = await this.join(actor, typed);
      await this.deps.joinGuesses.giveBack(actor.userId);
      return joined;
    } catch (error) {
      if (!(error instanceof JoinCodeUnknownError)) await this.deps.joinGuesses.giveBack(actor.userId);
      throw error;
    }
  }

  private async join(actor: Principal, typed: string): Promise<Class> {
    const classId = await this.deps.db.transaction(async () => {
      const target = await this.deps.repository.findByJoinCode(normalizeJoinCode(typed));
      if (target === null || (actor.tenantId !== null && actor.tenantId !== target.tenantId))
        throw new JoinCodeUnknownError();
      await this.deps.people.takeIn(actor, { userId: actor.userId }, target.tenantId);
      await this.insert(target, actor.userId, 'student');
      await this.recordChange('class.joined', target, actor.userId, { role: 'student' });
      return target.id;
    });
    const found = await this.deps.repository.findById(classId);
    if (found === null) throw new JoinCodeUnknownError();
    return found;
  }

  /** Who is no student or observer of the class sees either everybody or nobody, which the list itself decides. */
  private async viewOf(actor: Principal, classId: string): Promise<RosterView> {
    const role = actor.access.classRoles.get(classId);
    if (role !== 'student' && role !== 'observer') return { kind: 'everybody' };
    const found = await this.deps.classes.getClass(actor, classId, 'class.read_roster');
    if (viewsClass(actor.access, found)) return { kind: 'everybody' };
    const peers = role === 'student' && (await this.deps.showsPeers(found.groupId));
    return { kind: 'limited', userIds: [actor.userId, ...actor.access.observedStudentIds], peers };
  }

  private async assertObserverHasStudent(
    classId: string,
    { role, studentId }: AddMemberInput,
  ): Promise<void> {
    const isComplete =
      role === 'observer'
        ? studentId !== undefined && (await this.deps.roster.isStudent(classId, studentId))
        : studentId === undefined;
    if (!isComplete) throw new ObserverWithoutStudentError();
  }

  private async insert(target: { id: string }, userId: string, role: ClassRole): Promise<void> {
    if (!(await this.deps.roster.insert(target.id, userId, role)))
      throw new ClassMemberExistsError(target.id);
  }

  /** A guardian of two children of the class is one observer with two students. */
  private async insertObserver(target: { id: string }, userId: string, studentId: string): Promise<void> {
    const isNew = await this.deps.roster.insert(target.id, userId, 'observer');
    if (!isNew && (await this.deps.roster.find(target.id, userId))?.role !== 'observer')
      throw new ClassMemberExistsError(target.id);
    const isLinked = await this.deps.roster.linkObserver(userId, studentId);
    if (!isNew && !isLinked) throw new ClassMemberExistsError(target.id);
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
    await this.deps.access.usersChanged([userId]);
    await this.deps.audit.record({
      action,
      subjectType: 'class',
      subjectId: target.id,
      tenantId: target.tenantId,
      aboutUserId: userId,
      details,
    });
  }
}
