import type { JsonObject } from '../../shared/json';
export const TOOL_TYPES = ['chat', 'product'] as const;

export type ToolType = (typeof TOOL_TYPES)[number];

/** Who may see a published tool: its author, the group and below, the whole tenant, or everybody who teaches. */
export const TOOL_VISIBILITIES = ['private', 'group', 'tenant', 'public'] as const;

export type ToolVisibility = (typeof TOOL_VISIBILITIES)[number];

export const TOOL_STATES = ['draft', 'published', 'archived'] as const;

export type ToolState = (typeof TOOL_STATES)[number];

/**
 * What an author writes. Its names are those of the document that travels between installations, hence not in
 * camelCase like the API around it.
 */
export interface ToolDefinition {
  name: string;
  /** The author's own label, `"2.1"`; the number that counts is the version of the row. */
  version: string;
  type: ToolType;
  /** The instructions to the model. Only those who may edit the tool ever see them. */
  behavior: string;
  model?: string | undefined;
  /** JSON Schema draft 7; products have both, chats have none. */
  input_schema?: JsonObject | undefined;
  output_schema?: JsonObject | undefined;
  constraints?:
    | {
        topics?: string[] | undefined;
        no_direct_answers?: boolean | undefined;
        /** Messages of the student in one session. */
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
