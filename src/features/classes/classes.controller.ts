import type { z } from 'zod';
import { API_BASE } from '../../http/base';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import { mapPage } from '../../shared/pages';
import type { AccessService } from '../access';
import { classMemberLocation, presentClass, presentRosterEntry } from './classes.presenter';
import type { RosterService } from './classes.roster.service';
import type {
  AddClassMemberBody,
  ChangeClassRoleBody,
  ClassesQuery,
  ClassMemberParams,
  CreateClassBody,
  JoinClassBody,
  RosterQuery,
  UpdateClassBody,
} from './classes.schemas';
import type { ClassesService } from './classes.service';

type Id = z.output<typeof IdParams>;
type Member = z.output<typeof ClassMemberParams>;

export class ClassesController {
  constructor(
    private readonly classes: ClassesService,
    private readonly roster: RosterService,
    private readonly access: AccessService,
  ) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ClassesQuery>>): Promise<Reply> => {
    const page = await this.classes.listClasses(principal, listQueryOf(query));
    return reply.page(mapPage(page, (found) => presentClass(principal, found)));
  };

  listOfGroup = async ({
    principal,
    params,
    query,
  }: Call<Id, Omit<z.output<typeof ClassesQuery>, 'groupId'>>): Promise<Reply> => {
    const page = await this.classes.listOfGroup(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (found) => presentClass(principal, found)));
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const found = await this.classes.getClass(principal, params.id);
    return reply.ok(presentClass(principal, found), found.revision);
  };

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateClassBody>>): Promise<Reply> => {
    const made = await this.classes.createClass(principal, body);
    // The teacher who creates the class gets a role in it, so the principal is refreshed.
    return reply.created(
      `${API_BASE}/classes/${made.id}`,
      presentClass(await this.access.refresh(principal), made),
      made.revision,
    );
  };

  update = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof UpdateClassBody>>): Promise<Reply> => {
    const { updated, endedClassRoles } = await this.classes.updateClass(principal, params.id, body, ifMatch);
    return reply.ok({ ...presentClass(principal, updated), endedClassRoles }, updated.revision);
  };

  archive = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    await this.classes.archiveClass(principal, params.id, ifMatch);
    return reply.noContent();
  };

  restore = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const restored = await this.classes.restoreClass(principal, params.id);
    return reply.ok(presentClass(await this.access.refresh(principal), restored), restored.revision);
  };

  join = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof JoinClassBody>>): Promise<Reply> => {
    const joined = await this.roster.joinByCode(principal, body.code);
    return reply.ok(presentClass(await this.access.refresh(principal), joined), joined.revision);
  };

  listRoster = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof RosterQuery>>): Promise<Reply> => {
    const page = await this.roster.listRoster(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (entry) => presentRosterEntry(principal, params.id, entry)));
  };

  addMember = async ({
    principal,
    params,
    body,
  }: Call<Id, unknown, z.output<typeof AddClassMemberBody>>): Promise<Reply> => {
    const person = body.userId === undefined ? { email: body.email ?? '' } : { userId: body.userId };
    const member = await this.roster.addMember(principal, params.id, {
      person,
      role: body.role,
    });
    return reply.created(
      classMemberLocation(params.id, member.userId),
      presentRosterEntry(principal, params.id, member),
    );
  };

  changeRole = async ({
    principal,
    params,
    body,
  }: Call<Member, unknown, z.output<typeof ChangeClassRoleBody>>): Promise<Reply> => {
    const member = await this.roster.changeRole(principal, params.id, params.userId, body.role);
    return reply.ok(presentRosterEntry(principal, params.id, member));
  };

  removeMember = async ({ principal, params }: Call<Member>): Promise<Reply> => {
    await this.roster.removeMember(principal, params.id, params.userId);
    return reply.noContent();
  };
}
