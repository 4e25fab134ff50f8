import type { z } from 'zod';
import type { ToolType } from './tools.kinds';
import type { ToolRow } from './tools.sql';

export type { ToolVersion } from './tools.versions.repository';

declare global {
  namespace PrismaJson {
    /** The column `tool_versions.definition`, which is validated when it is written. */
    type ToolDefinition = import('./tools.kinds').ToolDefinition;
  }
}

/** A tool as the database and the permission rules see it. */
export type Tool = z.output<typeof ToolRow>;

/** A tool with which the caller may start working. */
export interface UsableTool {
  toolId: string;
  /** The version they get: for students the pinned one of their assignment, otherwise the current one. */
  version: number;
  type: ToolType;
  name: string;
  tenantId: string;
  /** The group that owns the tool. */
  groupId: string;
  groupPath: string;
  /** The class whose assignment opens the tool to the caller; null if they use it outside of any class. */
  classId: string | null;
}
