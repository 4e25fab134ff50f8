import { authorizeVisible, type Principal, subject } from '../../authz/ability';
import { isWithinAny } from '../../authz/access';
import type { Action } from '../../authz/actions';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import type { Clock } from '../../shared/clock';
import { ForbiddenError, NotFoundError, PreconditionFailedError } from '../../shared/errors';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import type { AccessService } from '../access';
import { type AuditService, auditSubject } from '../audit';
import type { ClassRoleGrounds, EndedClassRole, GroupFinder } from '../groups';
import {
  ClassGroupArchivedError,
  ClassMoveForbiddenError,
  ClassNotFoundError,
  OtherTenantError,
} from './classes.errors';
import { newJoinCode } from './classes.join-code';
import { mayMoveClass } from './classes.policy';
import type { ClassesRepository, ClassFilters } from './classes.repository';
import type { RosterRepository } from './classes.roster.repository';
import type { Class, ClassScope, CreateClassInput, UpdateClassInput } from './classes.types';

/** Two random codes coincide once in a trillion; a third attempt would only hide a bug. */
const CODE_ATTEMPTS = 2;

/** The object that the rules for classes check. */
export const classSubject = (schoolClass: Pick<Class, 'id' | 'groupPath'>) =>
  subject('Class', { id: schoolClass.id, groupPath: schoolClass.groupPath });

export interface ClassesDeps {
  db: Database;
  clock: Clock;
  classes: ClassesRepository;
  roster: RosterRepository;
  groups: GroupFinder;
  grounds: ClassRoleGrounds;
  access: AccessService;
  audit: AuditService;
}

/** Manages classes: people who teach in a group create them there, and their own teachers manage them. */
export class ClassesService {
  constructor(private readonly deps: ClassesDeps) {}

  /** Lists the classes that the caller may see. */
  async listClasses(principal: Principal, query: ListQuery<ClassFilters>): Promise<Page<Class>> {
    return this.deps.classes.list(principal, query);
  }

  /**
   * Lists the classes directly in a group that the caller may see. @throws GroupNotFoundError if the caller
   * may not see the group
   */
  async listOfGroup(
    principal: Principal,
    groupId: string,
    query: ListQuery<Omit<ClassFilters, 'groupId'>>,
  ): Promise<Page<Class>> {
    const found = await this.listClasses(principal, {
      ...query,
      filters: { ...query.filters, groupId },
    });
    // An empty list may mean that the caller may not see the group.
    if (found.items.length === 0) await this.deps.groups.getFor(principal, groupId, 'group.read');
    return found;
  }

  /**
   * Resolves the class or group in the filters of a list across classes. @throws ClassNotFoundError,
   * GroupNotFoundError if the caller may not see it
   */
  async getScope(
    principal: Principal,
    { classId, groupId }: { classId?: string | undefined; groupId?: string | undefined },
  ): Promise<ClassScope> {
    if (classId !== undefined) await this.getClass(principal, classId);
    if (groupId === undefined) return { classId };
    const { path } = await this.deps.groups.getFor(principal, groupId, 'group.read');
    return { classId, groupPath: path };
  }

  /**
   * Returns a class, archived or not. An archived one is read-only.
   * @throws ClassNotFoundError if the caller may not see it, ForbiddenError if they may not do this,
   * ClassArchivedError for a change of an archived class
   */
  async getClass(principal: Principal, id: string, action: Action = 'class.read'): Promise<Class> {
    const found = await this.deps.classes.findById(id);
    const notFound = () => new ClassNotFoundError(id);
    if (found === null) throw notFound();
    const isArchived = found.archivedAt !== null;
    authorizeVisible(principal, 'class.read', action, classSubject(found), notFound, isArchived);
    return found;
  }

  /**
   * Creates a class with a join code. If a teacher creates it, they become its teacher. @throws
   * NotFoundError for an unknown group
   */
  async createClass(principal: Principal, input: CreateClassInput): Promise<Class> {
    const id = newId();
    await this.withFreshCode((joinCode) =>
      this.deps.db.transaction(async () => {
        const { tenantId } = await this.deps.groups.getFor(principal, input.groupId, 'class.create');
        await this.deps.grounds.hold(tenantId, principal.userId);
        const group = await this.getGroupToTeachIn(principal, input.groupId);
        await this.deps.classes.insert({
          id,
          joinCode,
          createdBy: principal.userId,
          tenantId: group.tenantId,
          groupId: group.id,
          name: input.name,
          subject: input.subject ?? null,
          description: input.description ?? null,
        });
        // An admin who creates classes for others does not teach them.
        if (
          principal.tenantId === group.tenantId &&
          !isWithinAny(group.pathText, principal.access.adminPaths)
        ) {
          await this.deps.roster.insert(id, principal.userId, 'teacher');
          // Their membership may have ended while this waited for the lock.
          if (!(await this.deps.grounds.isGrounded(id, principal.userId))) throw new ForbiddenError();
          await this.deps.access.usersChanged([principal.userId]);
        }
        await this.deps.audit.record({ type: 'class', id, tenantId: group.tenantId }, 'class.created', {
          groupId: group.id,
        });
      }),
    );
    return this.getExisting(id);
  }

  /**
   * Changes the given fields. A move ends the class roles whose ground was at the old place.
   * @throws PreconditionFailedError if the class does not match `ifMatch`; OtherTenantError,
   * ClassMoveForbiddenError
   */
  async updateClass(
    principal: Principal,
    id: string,
    input: UpdateClassInput,
    ifMatch: IfMatch,
  ): Promise<{ updated: Class; endedClassRoles: EndedClassRole[] }> {
    let endedClassRoles: EndedClassRole[] = [];
    await this.withFreshCode((freshCode) =>
      this.deps.db.transaction(async () => {
        if (input.groupId !== undefined)
          await this.deps.grounds.holdTree((await this.getClass(principal, id, 'class.update')).tenantId);
        const found = await this.getClass(principal, id, 'class.update');
        if (input.groupId !== undefined && input.groupId !== found.groupId)
          await this.assertCanMoveTo(principal, found, input.groupId);
        const joinCode = nextCode(found, input, freshCode);
        const changes = {
          name: input.name,
          subject: input.subject,
          description: input.description,
          groupId: input.groupId,
          joinCode,
        };
        if (!(await this.deps.classes.update(id, changes, ifMatch))) throw movedOn(id, ifMatch);
        if (input.groupId !== undefined) {
          endedClassRoles = await this.deps.grounds.classMoved(found.tenantId, id);
          await this.deps.access.tenantChanged(found.tenantId);
        }
        const changed = Object.entries(changes)
          .filter(([, value]) => value !== undefined)
          .map(([name]) => name);
        await this.deps.audit.record(auditSubject('class', found), 'class.updated', {
          changed,
        });
      }),
    );
    return { updated: await this.getExisting(id), endedClassRoles };
  }

  /** Makes the class and all its work read-only; `restoreClass` undoes it. */
  async archiveClass(principal: Principal, id: string, ifMatch: IfMatch): Promise<void> {
    await this.deps.db.transaction(async () => {
      const found = await this.getClass(principal, id, 'class.archive');
      const archived = { deletedAt: this.deps.clock.now() };
      if (!(await this.deps.classes.update(id, archived, ifMatch))) throw movedOn(id, ifMatch);
      await this.deps.access.tenantChanged(found.tenantId);
      await this.deps.audit.record(auditSubject('class', found), 'class.archived');
    });
  }

  /**
   * For its teachers and the admins of its group. An active class stays as it is. @throws
   * ClassGroupArchivedError
   */
  async restoreClass(principal: Principal, id: string): Promise<Class> {
    await this.deps.db.transaction(async () => {
      const found = await this.deps.classes.findAnywhere(id);
      const notFound = () => new ClassNotFoundError(id);
      if (found === null) throw notFound();
      authorizeVisible(principal, 'class.read', 'class.restore', classSubject(found), notFound);
      if (found.groupArchived) throw new ClassGroupArchivedError();
      if (found.archivedAt === null) return;
      await this.deps.classes.restore(id);
      await this.deps.access.tenantChanged(found.tenantId);
      await this.deps.audit.record(auditSubject('class', found), 'class.restored');
    });
    return this.getExisting(id);
  }

  private async getExisting(id: string): Promise<Class> {
    const found = await this.deps.classes.findById(id);
    if (found === null) throw new ClassNotFoundError(id);
    return found;
  }

  private async getGroupToTeachIn(principal: Principal, groupId: string) {
    const notFound = () => new NotFoundError('group.not_found', `There is no group ${groupId}.`);
    const group = await this.deps.classes.lockGroup(groupId);
    if (group === null) throw notFound();
    authorizeVisible(
      principal,
      'group.read',
      'class.create',
      subject('Group', { id: group.id, path: group.pathText }),
      notFound,
    );
    return group;
  }

  private async assertCanMoveTo(principal: Principal, found: Class, groupId: string): Promise<void> {
    const group = await this.getGroupToTeachIn(principal, groupId);
    if (group.tenantId !== found.tenantId) throw new OtherTenantError();
    if (!mayMoveClass(principal.access, found, group.pathText)) throw new ClassMoveForbiddenError();
  }

  private async withFreshCode(work: (joinCode: string) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(newJoinCode());
      } catch (error) {
        if (
          attempt >= CODE_ATTEMPTS ||
          this.deps.db.inTransaction ||
          violatedConstraint(error) !== 'classes_join_code_key'
        )
          throw error;
      }
    }
  }
}

/** Why a write changed nothing: another user has changed or archived the class. */
const movedOn = (id: string, ifMatch: IfMatch) =>
  ifMatch === null ? new ClassNotFoundError(id) : new PreconditionFailedError();

/** The code after the change; undefined if it stays. */
function nextCode(found: Class, input: UpdateClassInput, freshCode: string): string | null | undefined {
  if (input.joinCodeEnabled === false) return null;
  if (input.regenerateJoinCode === true && (found.joinCode !== null || input.joinCodeEnabled === true))
    return freshCode;
  if (input.joinCodeEnabled === true && found.joinCode === null) return freshCode;
  return undefined;
}
