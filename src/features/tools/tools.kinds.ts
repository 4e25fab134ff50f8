import type { JsonObject } from '../../shared/json';

export const TOOL_TYPES = ['chat', 'product'] as const;
export type ToolType = (typeof TOOL_TYPES)[number];

/**
 * Who may see a published tool: its author, the group and those below, the whole tenant, or everybody who
 * teaches.
 */
export const TOOL_VISIBILITIES = ['private', 'group', 'tenant', 'public'] as const;
export type ToolVisibility = (typeof TOOL_VISIBILITIES)[number];

export const TOOL_STATES = ['draft', 'published', 'archived'] as const;
export type ToolState = (typeof TOOL_STATES)[number];

/**
 * The definition that an author writes. Its field names are those of the document that travels between
 * installations, so they are not in camelCase like the rest of the API.
 */
export interface ToolDefinition {
  name: string;
  /** The author's own label, `"2.1"`; the version number of the row is what counts. */
  version: string;
  type: ToolType;
  /** The instructions to the model. Only people who may edit the tool ever see them. */
  behavior: string;
  model?: string | undefined;
  /** JSON Schema draft 7; products have both schemas, chats have none. */
  input_schema?: JsonObject | undefined;
  output_schema?: JsonObject | undefined;
  constraints?:
    | {
        topics?: string[] | undefined;
        no_direct_answers?: boolean | undefined;
        /** The student's messages in one session. */
        max_messages?: number | undefined;
        /** Minutes. */
        max_session_duration?: number | undefined;
      }
    | undefined;
  modules?: { name: string; config?: JsonObject | undefined }[] | undefined;
  meta?:
    | {
        subject?: string | undefined;
        grades?: (number | string)[] | undefined;
        description?: string | undefined;
        tags?: string[] | undefined;
      }
    | undefined;
}
