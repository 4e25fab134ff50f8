import type { Principal } from '../../authz/ability';
import type { Tool, ToolVersion, UsableTool } from './tools.types';

/** What other features may ask of tools. */
export interface ToolsReader {
  /**
   * One version with its definition, `behavior` included: for work that was allowed already, never for an answer.
   * Remembered for an hour, as versions never change.
   * @throws ToolVersionNotFoundError
   */
  getVersion(toolId: string, version: number): Promise<ToolVersion>;

  /**
   * The tool, if this person may start working with it outside of any submission; else null (unknown, archived, or
   * only readable). Authors and admins may try drafts.
   */
  findUsable(principal: Principal, toolId: string): Promise<UsableTool | null>;

  /**
   * As `findUsable`, with the error that says why not.
   * @throws ToolNotFoundError where they cannot even see it, ForbiddenError where they can.
   */
  getUsable(principal: Principal, toolId: string): Promise<UsableTool>;

  /** The tool, if this person can see it. @throws ToolNotFoundError */
  getReadable(principal: Principal, toolId: string): Promise<Tool>;
}
