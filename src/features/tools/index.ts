export {
  TOOL_TYPES,
  type ToolDefinition,
  type ToolState,
  type ToolType,
  type ToolVisibility,
} from './tools.kinds';
export { createToolsModule } from './tools.module';
export { toolRules } from './tools.policy';
export type { ToolsReader } from './tools.reader';
export { definitionFor, type VisibleDefinition } from './tools.secrets';
export type { CreateToolInput, ToolsService, UpdateToolInput } from './tools.service';
export type { Tool, ToolVersion, UsableTool } from './tools.types';
