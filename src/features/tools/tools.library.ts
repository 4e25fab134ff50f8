import { LRUCache } from 'lru-cache';
import { can, type Principal } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import { ForbiddenError } from '../../shared/errors';
import { ToolNotFoundError, ToolVersionNotFoundError } from './tools.errors';
import { toolSubject } from './tools.policy';
import type { ToolsReader } from './tools.reader';
import type { ToolsRepository } from './tools.repository';
import type { Tool, ToolVersion, UsableTool } from './tools.types';
import type { ToolVersionsRepository } from './tools.versions.repository';

/** Versions never change; this only frees the memory of unused ones. */
const VERSION_TTL_MS = 60 * 60_000;
/** Thousands of usual definitions of a few KB, or dozens of the largest. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** The approximate memory of a value per character of its JSON. */
const BYTES_PER_CHARACTER = 3;

/** Tools as other features see them. */
export class ToolLibrary implements ToolsReader {
  private readonly remembered = new LRUCache<string, ToolVersion>({
    ttl: VERSION_TTL_MS,
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ definition }) => JSON.stringify(definition).length * BYTES_PER_CHARACTER,
  });

  constructor(
    private readonly db: Database,
    private readonly tools: ToolsRepository,
    private readonly versions: ToolVersionsRepository,
  ) {}

  async getVersion(toolId: string, version: number): Promise<ToolVersion> {
    const key = `${toolId}:${version}`;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const found = await this.versions.find(toolId, version);
    if (found === null) throw new ToolVersionNotFoundError(version);
    // Within a transaction, the version may never be committed.
    if (!this.db.inTransaction) this.remembered.set(key, found);
    return found;
  }

  async findUsable(principal: Principal, toolId: string): Promise<UsableTool | null> {
    const tool = await this.tools.find(toolId, principal.access);
    return tool === null ? null : this.usableOf(principal, tool);
  }

  async getUsable(principal: Principal, toolId: string): Promise<UsableTool> {
    const tool = await this.getReadable(principal, toolId);
    const usable = await this.usableOf(principal, tool);
    if (usable === null)
      throw new ForbiddenError(
        'tool.not_usable',
        'You can see this tool, but you may not use it at the moment.',
      );
    return usable;
  }

  async getReadable(principal: Principal, toolId: string): Promise<Tool> {
    const tool = await this.tools.find(toolId, principal.access);
    if (tool === null || !can(principal, 'tool.read', toolSubject(tool))) throw new ToolNotFoundError(toolId);
    return tool;
  }

  private async usableOf(principal: Principal, tool: Tool): Promise<UsableTool | null> {
    const { id: toolId, type, name, tenantId, groupId, groupPath, currentVersion } = tool;
    const common = { toolId, type, name, tenantId, groupId, groupPath };
    if (can(principal, 'tool.use', toolSubject(tool)))
      return { ...common, version: currentVersion, classId: null };
    const open = tool.isOpenToCaller ? await this.tools.findOpenAssignment(toolId, principal.access) : null;
    return open === null ? null : { ...common, ...open };
  }
}
