import type { Principal } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import { firstFree, usernameFrom } from '../../shared/username';
import { type AuditService, auditSubject } from '../audit';
import { requirePerson, type StartPassword, type StartPasswordsService } from '../auth';
import { type ClassesService, ClassNotFoundError, type RosterService } from '../classes';
import type { ClassRoleGrounds, Group, GroupFinder, GroupMembersService } from '../groups';
import type { AccountMails } from '../mails';
import { type PlacedUser, UserEmailTakenError, UsernameTakenError, type UsersService } from '../users';
import { DeactivatedUserError, OwnPasswordError, SignsInElsewhereError } from './accounts.errors';
import { classRoleOf } from './accounts.policy';
import type { AccountNamesRepository } from './accounts.repository';
import type { CreateUserInput, Handover } from './accounts.types';

/** How often a username made from a name may be lost to a simultaneous request. */
const NAME_ATTEMPTS = 5;

export interface AccountsDeps {
  db: Database;
  names: AccountNamesRepository;
  startPasswords: StartPasswordsService;
  users: UsersService;
  groups: GroupFinder;
  members: GroupMembersService;
  grounds: ClassRoleGrounds;
  classes: ClassesService;
  roster: RosterService;
  audit: AuditService;
  mails: AccountMails;
}

/** Manages accounts that a school creates for its people, and gives them new start passwords. */
export class SchoolAccountsService {
  constructor(private readonly deps: AccountsDeps) {}

  /**
   * Makes a person a member of a group and of its classes, all or nothing.
   * @throws PersonRequiredError for an API token that wants a password: it would be a way to more than its scopes;
   * GroupNotFoundError, ForbiddenError, ClassNotFoundError, UserEmailTakenError, UsernameTakenError,
   * MailNotConfiguredError
   */
  async create(principal: Principal, input: CreateUserInput): Promise<Handover> {
    const { audit, db, grounds, groups, startPasswords } = this.deps;
    if (input.access === 'start_password') requirePerson(principal);
    if (input.access === 'invitation') this.deps.mails.assertConfigured();
    const { tenantId } = await groups.getFor(principal, input.groupId, 'user.create');
    await this.assertClasses(principal, tenantId, input.classIds);
    const start =
      input.access === 'start_password' ? await startPasswords.draw(input.role === 'student') : null;
    const userId = await db.transaction(async () => {
      await grounds.hold(tenantId);
      // Read again, because it may have moved out of the caller's reach while this waited.
      const group = await groups.getFor(principal, input.groupId, 'user.create');
      const id = await this.insert(tenantId, input, start);
      const details = { groupId: group.id, access: input.access };
      await audit.record(auditSubject('user', { id, tenantId }, id), 'user.created', details);
      await this.place(principal, group, id, input);
      if (input.access === 'invitation') await this.invite(tenantId, id, input);
      return id;
    });
    return this.handover(await this.deps.users.get(principal, userId), start);
  }

  /**
   * Gives a person a new start password, and ends all their sign-ins and API tokens.
   * @throws PersonRequiredError for an API token; UserNotFoundError, ForbiddenError, OwnPasswordError,
   * DeactivatedUserError, SignsInElsewhereError
   */
  async resetPassword(principal: Principal, userId: string): Promise<Handover> {
    const { audit, db, startPasswords, users } = this.deps;
    requirePerson(principal);
    if (userId === principal.userId) throw new OwnPasswordError();
    const user = await users.getFor(principal, userId, 'user.reset_password');
    if (user.status !== 'active') throw new DeactivatedUserError();
    if (await startPasswords.signsInElsewhere(userId)) throw new SignsInElsewhereError();
    const start = await startPasswords.draw(user.email === null);
    await db.transaction(async () => {
      const ended = await startPasswords.give(userId, start);
      // Checked again after the person is locked, because they may have got more rights than the caller
      // meanwhile.
      await users.getFor(principal, userId, 'user.reset_password');
      await audit.record(auditSubject('user', user, userId), 'user.password_reset', ended);
    });
    return this.handover(user, start);
  }

  /** Sends the link with which the person chooses a password. They have their role already. */
  private async invite(tenantId: string, userId: string, { email }: CreateUserInput): Promise<void> {
    await this.deps.mails.request({ kind: 'account_setup', userId, tenantId, recipient: email ?? null });
  }

  /** Only classes of the district that the caller administers: other callers add existing people. */
  private async assertClasses(
    principal: Principal,
    tenantId: string,
    classIds: readonly string[],
  ): Promise<void> {
    for (const classId of classIds) {
      const found = await this.deps.classes.getClass(principal, classId, 'class.manage_teachers');
      if (found.tenantId !== tenantId) throw new ClassNotFoundError(classId);
    }
  }

  private async insert(
    tenantId: string,
    input: CreateUserInput,
    start: StartPassword | null,
  ): Promise<string> {
    const { names, startPasswords } = this.deps;
    const { name, email = null, username = null } = input;
    const make = (chosen: string | null) =>
      startPasswords.create({ tenantId, name, email, username: chosen }, start);
    if (email !== null || username !== null) {
      const id = await make(username);
      if (id !== null) return id;
      const isName = username !== null && (await names.isTaken(tenantId, username));
      throw isName ? new UsernameTakenError() : new UserEmailTakenError();
    }
    const base = usernameFrom(name);
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt += 1) {
      const id = await make(firstFree(base, await names.listAlike(tenantId, base)));
      if (id !== null) return id;
    }
    throw new UsernameTakenError();
  }

  /** The membership first, because it is the ground of a class role. */
  private async place(
    principal: Principal,
    group: Group,
    userId: string,
    { role, classIds }: CreateUserInput,
  ): Promise<void> {
    await this.deps.members.ensure(group, userId, role);
    const classRole = classRoleOf(role);
    if (classRole === null) return;
    for (const classId of classIds)
      await this.deps.roster.addMember(principal, classId, { person: { userId }, role: classRole });
  }

  private async handover(user: PlacedUser, start: StartPassword | null): Promise<Handover> {
    const { tenantId } = user;
    const districtCode = tenantId === null ? null : await this.deps.names.findDistrictCode(tenantId);
    return { user, districtCode, startPassword: start?.password ?? null };
  }
}
