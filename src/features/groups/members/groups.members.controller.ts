import type { z } from 'zod';
import { type Call, listOrderOf, listQueryOf, type Reply, reply } from '../../../http/route';
import { mapPage } from '../../../shared/pages';
import { PersonNotFoundError } from '../groups.errors';
import { memberLocation, presentMember, presentUngrounded } from '../groups.presenter';
import type {
  AddMemberBody,
  ChangeMemberBody,
  ListMembersQuery,
  ListUngroundedQuery,
} from '../groups.schemas';
import type { PersonRef } from '../groups.types';
import type { ClassRoleGrounds } from './groups.grounds.service';
import type { GroupMembersService } from './groups.members.service';

type Id = { id: string };
type MemberId = { id: string; userId: string };

function personOf({ userId, email }: { userId?: string | undefined; email?: string | undefined }): PersonRef {
  if (userId !== undefined) return { userId };
  if (email !== undefined) return { email };
  throw new PersonNotFoundError();
}

export class GroupMembersController {
  constructor(
    private readonly members: GroupMembersService,
    private readonly grounds: ClassRoleGrounds,
  ) {}

  list = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListMembersQuery>>): Promise<Reply> => {
    const page = await this.members.list(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (member) => presentMember(principal, params.id, member)));
  };

  add = async ({
    principal,
    params,
    body,
  }: Call<Id, unknown, z.output<typeof AddMemberBody>>): Promise<Reply> => {
    const member = await this.members.add(principal, params.id, { person: personOf(body), role: body.role });
    return reply.created(
      memberLocation(params.id, member.userId),
      presentMember(principal, params.id, member),
    );
  };

  changeRole = async ({
    principal,
    params,
    body,
  }: Call<MemberId, unknown, z.output<typeof ChangeMemberBody>>): Promise<Reply> => {
    const { member, endedClassRoles } = await this.members.changeRole(
      principal,
      params.id,
      params.userId,
      body.role,
    );
    return reply.ok({ ...presentMember(principal, params.id, member), endedClassRoles });
  };

  remove = async ({ principal, params }: Call<MemberId>): Promise<Reply> =>
    reply.ok({ endedClassRoles: await this.members.remove(principal, params.id, params.userId) });

  listUngrounded = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListUngroundedQuery>>): Promise<Reply> => {
    const page = await this.grounds.listUngrounded(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, presentUngrounded));
  };
}
