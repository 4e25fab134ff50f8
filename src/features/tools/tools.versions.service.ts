import { authorize, can, type Principal } from '../../authz/ability';
import type { ListOrder, Page } from '../../shared/pages';
import { type Change, diffJson } from './tools.diff';
import type { ToolLibrary } from './tools.library';
import { toolSubject } from './tools.policy';
import { definitionFor } from './tools.secrets';
import type { Tool, ToolVersion } from './tools.types';
import type { ToolVersionsRepository } from './tools.versions.repository';

/** A version together with its tool. */
export interface VersionOfTool {
  tool: Tool;
  version: ToolVersion;
}

/**
 * Reads the history of a tool, for people who see the tool on their own account, not for students with an
 * assignment.
 */
export class ToolVersionsService {
  constructor(
    private readonly versions: ToolVersionsRepository,
    private readonly library: ToolLibrary,
  ) {}

  /** @throws ToolNotFoundError, ForbiddenError */
  async listVersions(
    principal: Principal,
    toolId: string,
    order: ListOrder,
  ): Promise<{ tool: Tool; versions: Page<ToolVersion> }> {
    const tool = await this.load(principal, toolId);
    return { tool, versions: await this.versions.list(toolId, order) };
  }

  /** @throws ToolNotFoundError, ToolVersionNotFoundError, ForbiddenError */
  async getVersion(principal: Principal, toolId: string, version: number): Promise<VersionOfTool> {
    const tool = await this.load(principal, toolId);
    return { tool, version: await this.library.getVersion(toolId, version) };
  }

  /** Compares two versions, as far as this person may see them. */
  async diffVersions(principal: Principal, toolId: string, from: number, to: number): Promise<Change[]> {
    const tool = await this.load(principal, toolId);
    const seesBehavior = can(principal, 'tool.read_behavior', toolSubject(tool));
    const [one, other] = await Promise.all([
      this.library.getVersion(toolId, from),
      this.library.getVersion(toolId, to),
    ]);
    return diffJson(
      definitionFor(one.definition, seesBehavior),
      definitionFor(other.definition, seesBehavior),
    );
  }

  private async load(principal: Principal, toolId: string): Promise<Tool> {
    const tool = await this.library.getReadable(principal, toolId);
    authorize(principal, 'tool.read_versions', toolSubject(tool));
    return tool;
  }
}
