export { createToolsModule } from './tools.module';
export { toolRules } from './tools.policy';
export type { ToolsReader } from './tools.reader';
export { definitionFor, type VisibleDefinition } from './tools.secrets';
export type { CreateToolInput, ToolsService, UpdateToolInput } from './tools.service';
export {
  type JsonObject,
  TOOL_TYPES,
  type Tool,
  type ToolDefinition,
  type ToolState,
  type ToolType,
  type ToolVersion,
  type ToolVisibility,
  type UsableTool,
} from './tools.types';
