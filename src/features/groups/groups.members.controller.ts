import type { z } from 'zod';
import { type Call, pageOf, type Reply, reply, sortOf } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { UserNotFoundError } from './groups.errors';
import { MEMBER_SORTS } from './groups.members.repository';
import type { GroupMembersService } from './groups.members.service';
import { memberLocation, presentMember } from './groups.presenter';
import type { AddMemberBody, ChangeMemberBody, ListMembersQuery } from './groups.schemas';
import type { PersonRef } from './groups.types';

type Id = { id: string };
type MemberId = { id: string; userId: string };

function personOf({ userId, email }: { userId?: string | undefined; email?: string | undefined }): PersonRef {
  if (userId !== undefined) return { userId };
  if (email !== undefined) return { email };
  throw new UserNotFoundError();
}

export class GroupMembersController {
  constructor(private readonly members: GroupMembersService) {}

  list = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListMembersQuery>>): Promise<Reply> => {
    const page = await this.members.list(principal, params.id, query, {
      sort: sortOf(query.sort, MEMBER_SORTS),
      page: pageOf(query),
    });
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
    const member = await this.members.changeRole(principal, params.id, params.userId, body.role);
    return reply.ok(presentMember(principal, params.id, member));
  };

  remove = async ({ principal, params }: Call<MemberId>): Promise<Reply> => {
    await this.members.remove(principal, params.id, params.userId);
    return reply.noContent();
  };
}
