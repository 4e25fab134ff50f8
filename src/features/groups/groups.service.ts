import { authorize, type Principal, subject } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import type { JsonObject } from '../../shared/json';
import type { ListOrder, ListQuery, Page } from '../../shared/pages';
import { assertRevision, type IfMatch } from '../../shared/revisions';
import { parse } from '../../shared/validation';
import { type AuditService, auditSubject } from '../audit';
import { GroupNotFoundError, NotADistrictError, WiderThanParentError } from './groups.errors';
import type { GroupFinder } from './groups.finder';
import type { GroupFilters, GroupsReadModel, ListFilters } from './groups.read-model';
import type { GroupsRepository } from './groups.repository';
import type { Group, GroupSettings, GroupSummary, UpdateGroupInput } from './groups.types';
import type { GroupInheritance } from './inheritance/groups.inheritance.service';
import { widerThan } from './inheritance/groups.limits';
import { mergePatch } from './inheritance/groups.merge';
import { SettingsBody } from './inheritance/groups.settings';
import { ThemeSchema } from './inheritance/groups.theme';
import type { GroupTree, MovedGroup } from './tree/groups.tree.service';

interface Deps {
  db: Database;
  repository: GroupsRepository;
  readModel: GroupsReadModel;
  finder: GroupFinder;
  inheritance: GroupInheritance;
  tree: GroupTree;
  audit: AuditService;
}

/** Reads and describes groups; GroupTree manages how they are nested. */
export class GroupsService {
  constructor(private readonly deps: Deps) {}

  /** @throws GroupNotFoundError if the caller may not see the group */
  async get(principal: Principal, id: string): Promise<Group> {
    return this.deps.finder.getFor(principal, id, 'group.read');
  }

  /** Lists the groups that the caller may see. */
  async list(principal: Principal, query: ListQuery<ListFilters>): Promise<Page<GroupSummary>> {
    return this.deps.readModel.list(principal, query);
  }

  /** Lists the direct children of a group. @throws GroupNotFoundError */
  async children(
    principal: Principal,
    id: string,
    query: ListQuery<GroupFilters>,
  ): Promise<Page<GroupSummary>> {
    return this.orNotFound(principal, id, await this.deps.readModel.children(principal, id, query));
  }

  /** Lists all groups below one. @throws GroupNotFoundError */
  async descendants(
    principal: Principal,
    id: string,
    query: ListQuery<GroupFilters>,
  ): Promise<Page<GroupSummary>> {
    return this.orNotFound(principal, id, await this.deps.readModel.descendants(principal, id, query));
  }

  /** Lists the groups from the root down to the parent. */
  async ancestors(principal: Principal, id: string, order: ListOrder): Promise<Page<GroupSummary>> {
    return this.orNotFound(principal, id, await this.deps.readModel.ancestors(principal, id, order));
  }

  /**
   * Changes the given fields: name, kind, settings (by merge patch) and the place in the tree, all or
   * nothing.
   * @throws GroupTreeError, WiderThanParentError, PreconditionFailedError
   */
  async update(
    principal: Principal,
    id: string,
    input: UpdateGroupInput,
    ifMatch: IfMatch,
  ): Promise<MovedGroup> {
    const { parentId, ...details } = input;
    const { group, newParentId } = await this.load(principal, id, parentId);
    const fields = Object.keys(details);
    if (newParentId === null || fields.length > 0)
      authorize(principal, 'group.update', subject('Group', group));
    if (fields.length === 0) {
      return newParentId === null
        ? { group: unchanged(group, ifMatch), endedClassRoles: [] }
        : this.deps.tree.move(principal, group, newParentId, ifMatch);
    }
    const above =
      details.settings === undefined ? {} : await this.settingsInForce(newParentId ?? group.parentId);
    return this.deps.db.transaction(async () => {
      const { group: before, endedClassRoles } =
        newParentId === null
          ? { group: await this.lock(id, ifMatch), endedClassRoles: [] }
          : await this.deps.tree.move(principal, group, newParentId, ifMatch);
      const settings =
        details.settings === undefined ? undefined : patchedSettings(before, details.settings, above);
      const after = await this.deps.repository.update(id, {
        name: details.name,
        kind: details.kind,
        settings,
      });
      await this.recordUpdate(after, fields);
      return { group: after, endedClassRoles };
    });
  }

  /**
   * Changes a theme by a JSON merge patch. @throws InvalidInputError if the result is not a theme,
   * PreconditionFailedError
   */
  async updateTheme(principal: Principal, id: string, patch: JsonObject, ifMatch: IfMatch): Promise<Group> {
    await this.deps.finder.getFor(principal, id, 'group.update');
    return this.deps.db.transaction(async () => {
      const before = await this.lock(id, ifMatch);
      const theme = parse('body', ThemeSchema, mergePatch(before.theme, patch));
      const after = await this.deps.repository.update(id, { theme });
      await this.recordUpdate(after, ['theme']);
      return after;
    });
  }

  /** Draws another district code; the old one leads nowhere any more. @throws NotADistrictError for a group below */
  async renewDistrictCode(principal: Principal, id: string): Promise<Group> {
    await this.deps.finder.getFor(principal, id, 'group.update');
    return this.deps.db.transaction(async () => {
      const { parentId } = await this.lock(id, null);
      if (parentId !== null) throw new NotADistrictError();
      const group = await this.deps.repository.renewDistrictCode(id);
      await this.deps.audit.record(auditSubject('group', group), 'group.district_code_renewed');
      return group;
    });
  }

  /** Returns the group and its future parent; null for the parent if the group stays. */
  private async load(
    principal: Principal,
    id: string,
    parentId: string | undefined,
  ): Promise<{ group: Group; newParentId: string | null }> {
    if (parentId === undefined)
      return { group: await this.deps.finder.getFor(principal, id, 'group.update'), newParentId: null };
    const { group } = await this.deps.finder.getForMove(principal, id, parentId);
    return { group, newParentId: group.parentId === parentId ? null : parentId };
  }

  private async settingsInForce(parentId: string | null): Promise<GroupSettings> {
    return parentId === null ? {} : this.deps.inheritance.settingsOf(parentId);
  }

  private async lock(id: string, ifMatch: IfMatch): Promise<Group> {
    const group = await this.deps.repository.lock(id);
    if (group === null || group.archivedAt !== null) throw new GroupNotFoundError(id);
    assertRevision(ifMatch, group.revision);
    return group;
  }

  private async recordUpdate(group: Group, fields: string[]): Promise<void> {
    await this.deps.audit.record(auditSubject('group', group), 'group.updated', {
      fields,
    });
    await this.deps.inheritance.changed(group.id);
  }

  /** An empty list may mean that the caller may not see the group from which it starts. */
  private async orNotFound(
    principal: Principal,
    id: string,
    page: Page<GroupSummary>,
  ): Promise<Page<GroupSummary>> {
    if (page.items.length === 0) await this.get(principal, id);
    return page;
  }
}

/** The answer to a change that changes nothing. */
function unchanged(group: Group, ifMatch: IfMatch): Group {
  assertRevision(ifMatch, group.revision);
  return group;
}

function patchedSettings(group: Group, patch: JsonObject, above: GroupSettings): GroupSettings {
  const { settings } = parse('body', SettingsBody, { settings: mergePatch(group.settings, patch) });
  const wider = widerThan(above, settings);
  if (wider.length > 0) throw new WiderThanParentError(wider);
  return settings;
}
