import { authorize, authorizeVisible, can, type Principal, subject } from '../../authz/ability';
import type { Action } from '../../authz/actions';
import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { contentHash } from '../../shared/json';
import type { ListQuery, Page } from '../../shared/pages';
import { assertRevision, type IfMatch } from '../../shared/revisions';
import { type AuditService, auditSubject } from '../audit';
import type { DefinitionChecks } from './tools.checks';
import {
  ToolGroupNotFoundError,
  ToolNotFoundError,
  ToolOtherTenantError,
  ToolTypeFixedError,
  ToolVersionOutdatedError,
} from './tools.errors';
import type { ToolDefinition, ToolVisibility } from './tools.kinds';
import type { ToolLibrary } from './tools.library';
import { toolSubject } from './tools.policy';
import type { LockedTool, NewTool, ToolFilters, ToolsRepository } from './tools.repository';
import type { Tool, ToolVersion } from './tools.types';
import type { ToolVersionsRepository } from './tools.versions.repository';

export interface CreateToolInput {
  groupId: string;
  visibility: ToolVisibility;
  forkable: boolean;
  definition: ToolDefinition;
}

export interface UpdateToolInput {
  definition?: ToolDefinition | undefined;
  visibility?: ToolVisibility | undefined;
  forkable?: boolean | undefined;
  groupId?: string | undefined;
}

/** A tool with the version that this caller gets: the current one, or the assigned one. */
export interface ToolWithVersion {
  tool: Tool;
  shown: ToolVersion;
}

/** The current versions from which a change may start; null for any. */

/** The audit action of a change, and the versions from which it may start. */
interface Change {
  action: string;
  details: Record<string, unknown>;
  ifMatch: IfMatch;
  mayBeArchived?: boolean;
}

export class ToolsService {
  constructor(
    private readonly db: Database,
    private readonly tools: ToolsRepository,
    private readonly versions: ToolVersionsRepository,
    private readonly library: ToolLibrary,
    private readonly checks: DefinitionChecks,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Lists the tools that the caller may see. */
  async listTools(principal: Principal, query: ListQuery<ToolFilters>): Promise<Page<Tool>> {
    return this.tools.list(principal, query);
  }

  /** @throws ToolNotFoundError */
  async getTool(principal: Principal, id: string): Promise<ToolWithVersion> {
    return this.withVersion(principal, await this.load(principal, id, 'tool.read'));
  }

  /**
   * Creates a draft of version 1. @throws ToolGroupNotFoundError, ForbiddenError, and what
   * `DefinitionChecks` throws
   */
  async createTool(principal: Principal, input: CreateToolInput): Promise<ToolWithVersion> {
    const { groupId, visibility, forkable, definition } = input;
    const group = await this.getGroupForTools(principal, groupId);
    await this.checks.assertUsable(principal, { tenantId: group.tenantId, groupId }, definition);
    const tool = {
      id: newId(),
      tenantId: group.tenantId,
      groupId,
      authorId: principal.userId,
      visibility,
      forkable,
      forkedFromToolId: null,
      forkedFromVersion: null,
    };
    return this.insert(principal, tool, definition, 'tool.created');
  }

  /**
   * Changes settings, and creates the next version if the definition differs from the current one.
   * @throws PreconditionFailedError if the current version is not one of `ifMatch`, ToolTypeFixedError, and
   * what `DefinitionChecks` throws
   */
  async updateTool(
    principal: Principal,
    id: string,
    input: UpdateToolInput,
    ifMatch: IfMatch,
  ): Promise<ToolWithVersion> {
    const { definition, ...settings } = input;
    const tool = await this.load(principal, id, 'tool.update');
    if (definition !== undefined && definition.type !== tool.type) throw new ToolTypeFixedError(tool.type);
    if (settings.groupId !== undefined && settings.groupId !== tool.groupId)
      await this.assertMayMove(principal, tool, settings.groupId);
    // Checked first, because checking a definition is expensive.
    assertRevision(ifMatch, tool.currentVersion);
    await this.assertFits(principal, tool, input);
    return this.change(
      principal,
      tool,
      { action: 'tool.updated', details: { fields: Object.keys(input) }, ifMatch },
      async ({ currentVersion }) => {
        if (Object.keys(settings).length > 0) await this.tools.update(id, settings);
        if (definition === undefined) return currentVersion;
        return this.addVersion(principal, id, currentVersion, definition);
      },
    );
  }

  /**
   * Creates a new version equal to an old one.
   * @throws ToolVersionNotFoundError, PreconditionFailedError, ToolVersionOutdatedError
   */
  async rollBackTool(
    principal: Principal,
    id: string,
    version: number,
    ifMatch: IfMatch,
  ): Promise<ToolWithVersion> {
    const tool = await this.load(principal, id, 'tool.update');
    const { definition } = await this.library.getVersion(id, version);
    if (!(await this.checks.isUsable(tool, definition))) throw new ToolVersionOutdatedError(version);
    return this.change(
      principal,
      tool,
      { action: 'tool.rolled_back', details: { to: version }, ifMatch },
      ({ currentVersion }) => this.addVersion(principal, id, currentVersion, definition),
    );
  }

  /** Publishes a draft for the people whom its visibility names; restores an archived tool. */
  async publishTool(principal: Principal, id: string, ifMatch: IfMatch): Promise<ToolWithVersion> {
    const tool = await this.loadEvenArchived(principal, id, 'tool.publish');
    if (tool.state === 'published') return this.withVersion(principal, tool);
    const change = { action: 'tool.published', details: {}, ifMatch, mayBeArchived: true };
    return this.change(principal, tool, change, async ({ currentVersion, publishedAt }) => {
      const now = this.clock.now();
      await this.tools.update(id, { state: 'published', publishedAt: publishedAt ?? now, deletedAt: null });
      return currentVersion;
    });
  }

  /** Archives the tool; its assignments continue with it. */
  async archiveTool(principal: Principal, id: string, ifMatch: IfMatch): Promise<void> {
    const tool = await this.load(principal, id, 'tool.archive');
    await this.db.transaction(async () => {
      await this.lock(id, { ifMatch });
      await this.tools.update(id, { state: 'archived', deletedAt: this.clock.now() });
      await this.audit.record(auditSubject('tool', tool), 'tool.archived');
    });
  }

  /**
   * Restores an archived tool, as a draft if it was never published. A tool that is not archived stays as
   * it is.
   */
  async restoreTool(principal: Principal, id: string): Promise<ToolWithVersion> {
    const tool = await this.loadEvenArchived(principal, id, 'tool.restore');
    if (tool.state !== 'archived') return this.withVersion(principal, tool);
    const change = { action: 'tool.restored', details: {}, ifMatch: null, mayBeArchived: true };
    return this.change(principal, tool, change, async ({ currentVersion, publishedAt }) => {
      const state = publishedAt === null ? 'draft' : 'published';
      await this.tools.update(id, { state, deletedAt: null });
      return currentVersion;
    });
  }

  /**
   * Creates a draft of the caller's own with the same definition, including its behavior, without a model
   * that may not be used there.
   * @throws ForbiddenError if the author does not allow copies
   */
  async forkTool(principal: Principal, id: string, groupId: string): Promise<ToolWithVersion> {
    const source = await this.load(principal, id, 'tool.fork');
    const group = await this.getGroupForTools(principal, groupId);
    const { definition: original } = await this.library.getVersion(id, source.currentVersion);
    const definition = await this.checks.fitted({ tenantId: group.tenantId, groupId }, original);
    const tool = {
      id: newId(),
      tenantId: group.tenantId,
      groupId,
      authorId: principal.userId,
      visibility: 'private' as const,
      forkable: false,
      forkedFromToolId: id,
      forkedFromVersion: source.currentVersion,
    };
    return this.insert(principal, tool, definition, 'tool.forked', {
      from: id,
      version: source.currentVersion,
    });
  }

  private async load(principal: Principal, id: string, action: Action): Promise<Tool> {
    const tool = await this.library.getReadable(principal, id);
    if (action !== 'tool.read') authorize(principal, action, toolSubject(tool));
    return tool;
  }

  /** An archived tool exists only for people who may restore it. */
  private async loadEvenArchived(
    principal: Principal,
    id: string,
    action: 'tool.publish' | 'tool.restore',
  ): Promise<Tool> {
    const tool = await this.tools.findEvenArchived(id, principal.access);
    if (tool === null) throw new ToolNotFoundError(id);
    const read = tool.state === 'archived' ? action : 'tool.read';
    authorizeVisible(principal, read, action, toolSubject(tool), () => new ToolNotFoundError(id));
    return tool;
  }

  private async withVersion(principal: Principal, tool: Tool): Promise<ToolWithVersion> {
    const isOwnRight =
      tool.assignedVersion === null || can(principal, 'tool.read_versions', toolSubject(tool));
    const version = isOwnRight ? tool.currentVersion : (tool.assignedVersion as number);
    return { tool, shown: await this.library.getVersion(tool.id, version) };
  }

  private async getGroupForTools(principal: Principal, groupId: string) {
    const group = await this.tools.findGroup(groupId);
    if (group === null) throw new ToolGroupNotFoundError(groupId);
    const place = subject('Group', { id: group.id, path: group.pathText });
    if (!can(principal, 'tool.create', place)) {
      authorizeVisible(
        principal,
        'group.read',
        'tool.create',
        place,
        () => new ToolGroupNotFoundError(groupId),
      );
    }
    return group;
  }

  private async assertMayMove(principal: Principal, tool: Tool, groupId: string): Promise<void> {
    const group = await this.getGroupForTools(principal, groupId);
    if (group.tenantId !== tool.tenantId) throw new ToolOtherTenantError();
  }

  /** Checks that the new definition can be used in the tool's place. */
  private async assertFits(
    principal: Principal,
    tool: Tool,
    { definition, groupId = tool.groupId }: UpdateToolInput,
  ): Promise<void> {
    const place = { tenantId: tool.tenantId, groupId };
    if (definition !== undefined) return this.checks.assertUsable(principal, place, definition);
    if (groupId === tool.groupId) return;
    const current = await this.library.getVersion(tool.id, tool.currentVersion);
    await this.checks.assertModel(place, current.definition, 'body.groupId');
  }

  private async insert(
    principal: Principal,
    tool: NewTool,
    definition: ToolDefinition,
    action: string,
    details: Record<string, unknown> = {},
  ): Promise<ToolWithVersion> {
    await this.db.transaction(async () => {
      await this.tools.insert(tool, definition);
      await this.versions.insertFirst({
        toolId: tool.id,
        definition,
        contentHash: contentHash(definition),
        createdBy: principal.userId,
      });
      await this.audit.record(auditSubject('tool', tool), action, { groupId: tool.groupId, ...details });
    });
    return this.getTool(principal, tool.id);
  }

  /**
   * Runs one change of a tool under its lock, and returns the result. @param work returns the version that
   * is then current
   */
  private async change(
    principal: Principal,
    tool: Tool,
    change: Change,
    work: (locked: LockedTool) => Promise<number>,
  ): Promise<ToolWithVersion> {
    // Most losers of a race fail here, before they wait for the lock.
    assertRevision(change.ifMatch, tool.currentVersion);
    await this.db.transaction(async () => {
      const version = await work(await this.lock(tool.id, change));
      await this.audit.record(auditSubject('tool', tool), change.action, { ...change.details, version });
    });
    return this.withVersion(principal, (await this.tools.find(tool.id, principal.access)) ?? tool);
  }

  /** Returns the tool, locked against other changes until the transaction ends. */
  private async lock(
    id: string,
    { ifMatch, mayBeArchived = false }: Pick<Change, 'ifMatch' | 'mayBeArchived'>,
  ): Promise<LockedTool> {
    const locked = await this.tools.lock(id);
    if (locked === null || (locked.state === 'archived' && !mayBeArchived)) throw new ToolNotFoundError(id);
    assertRevision(ifMatch, locked.currentVersion);
    return locked;
  }

  private addVersion(
    principal: Principal,
    toolId: string,
    current: number,
    definition: ToolDefinition,
  ): Promise<number> {
    return this.versions.insertNext(
      { toolId, definition, contentHash: contentHash(definition), createdBy: principal.userId },
      current,
    );
  }
}
