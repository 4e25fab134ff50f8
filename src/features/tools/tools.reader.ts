import type { Principal } from '../../authz/ability';
import type { Tool, ToolVersion, UsableTool } from './tools.types';

/** What other features may read about tools. */
export interface ToolsReader {
  /**
   * Returns a version with its definition, including `behavior`: for work that is already allowed, never
   * for an answer. It is cached for an hour, because versions never change.
   * @throws ToolVersionNotFoundError
   */
  getVersion(toolId: string, version: number): Promise<ToolVersion>;

  /**
   * Returns the tool if this person may start working with it outside of any submission; otherwise null
   * (unknown, archived, or only readable). Authors and admins may try drafts.
   */
  findUsable(principal: Principal, toolId: string): Promise<UsableTool | null>;

  /**
   * The same as `findUsable`, but with an error that says why not.
   * @throws ToolNotFoundError if they may not see it, ForbiddenError if they may
   */
  getUsable(principal: Principal, toolId: string): Promise<UsableTool>;

  /** Returns the tool if this person may see it. @throws ToolNotFoundError */
  getReadable(principal: Principal, toolId: string): Promise<Tool>;
}
