import type { z } from 'zod';
import { type Call, listOrderOf, listQueryOf, type Reply, reply } from '../../http/route';
import type { JsonObject } from '../../shared/json';
import { mapPage } from '../../shared/pages';
import {
  groupLocation,
  presentGroup,
  presentGroupSummary,
  presentSettings,
  presentTheme,
} from './groups.presenter';
import type {
  ArchiveGroupQuery,
  CreateGroupBody,
  ListAncestorsQuery,
  ListDescendantsQuery,
  ListGroupsQuery,
  UpdateGroupBody,
} from './groups.schemas';
import type { GroupsService } from './groups.service';
import type { GroupInheritance } from './inheritance/groups.inheritance.service';
import type { GroupTree } from './tree/groups.tree.service';

type Id = { id: string };

export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly tree: GroupTree,
    private readonly inheritance: GroupInheritance,
  ) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListGroupsQuery>>): Promise<Reply> => {
    const page = await this.groups.list(principal, listQueryOf(query));
    return reply.page(mapPage(page, (group) => presentGroupSummary(principal, group)));
  };

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateGroupBody>>): Promise<Reply> => {
    const group = await this.tree.create(principal, body);
    return reply.created(groupLocation(group.id), presentGroup(principal, group), group.revision);
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const group = await this.groups.get(principal, params.id);
    return reply.ok(presentGroup(principal, group), group.revision);
  };

  update = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof UpdateGroupBody>>): Promise<Reply> => {
    const { group, endedClassRoles } = await this.groups.update(principal, params.id, body, ifMatch);
    return reply.ok({ ...presentGroup(principal, group), endedClassRoles }, group.revision);
  };

  archive = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ArchiveGroupQuery>>): Promise<Reply> => {
    await this.tree.archive(principal, params.id, query.confirmName);
    return reply.noContent();
  };

  restore = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const group = await this.tree.restore(principal, params.id);
    return reply.ok(presentGroup(principal, group), group.revision);
  };

  children = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListDescendantsQuery>>): Promise<Reply> => {
    const page = await this.groups.children(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (group) => presentGroupSummary(principal, group)));
  };

  descendants = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListDescendantsQuery>>): Promise<Reply> => {
    const page = await this.groups.descendants(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (group) => presentGroupSummary(principal, group)));
  };

  ancestors = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListAncestorsQuery>>): Promise<Reply> => {
    const page = await this.groups.ancestors(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, (group) => presentGroupSummary(principal, group)));
  };

  updateTheme = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, JsonObject>): Promise<Reply> => {
    const group = await this.groups.updateTheme(principal, params.id, body, ifMatch);
    return reply.ok(presentGroup(principal, group), group.revision);
  };

  renewDistrictCode = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const group = await this.groups.renewDistrictCode(principal, params.id);
    return reply.ok(presentGroup(principal, group), group.revision);
  };

  resolvedTheme = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(presentTheme(params.id, await this.inheritance.theme(principal, params.id)));

  resolvedSettings = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(presentSettings(params.id, await this.inheritance.settings(principal, params.id)));
}
