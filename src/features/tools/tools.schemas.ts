import { z } from 'zod';
import {
  canSchema,
  id,
  links,
  listQuery,
  queryFlag,
  search,
  text,
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { DefinitionSchema } from './tools.definition';
import { TOOL_STATES, TOOL_TYPES, TOOL_VISIBILITIES } from './tools.kinds';

const versionNumber = () => z.coerce.number().int().min(1).max(2_147_483_647);

export const VersionParams = z.strictObject({ id: id(), version: versionNumber() });
export const DiffParams = z.strictObject({ id: id(), from: versionNumber(), to: versionNumber() });

export const ToolsQuery = listQuery(['name', 'updatedAt', 'createdAt'], {
  q: search(),
  type: z.enum(TOOL_TYPES).optional(),
  state: z
    .enum(TOOL_STATES)
    .optional()
    .describe('Archived tools are listed only if you ask for them, and only if you may edit them.'),
  visibility: z.enum(TOOL_VISIBILITIES).optional(),
  groupId: id().optional().describe('Only tools of this group itself.'),
  subject: text(1, 100).optional(),
  mine: queryFlag()
    .optional()
    .describe('true: only tools that you created; false: only tools of other users.'),
  updatedSince: updatedSince(),
});
export const VersionsQuery = listQuery(['-version'], {});

export const CreateToolBody = z.strictObject({
  groupId: id(),
  visibility: z.enum(TOOL_VISIBILITIES).default('private'),
  forkable: z
    .boolean()
    .default(false)
    .describe('true: teachers who can see the tool may copy it, including its behavior.'),
  definition: DefinitionSchema,
});
export const UpdateToolBody = z.strictObject({
  definition: DefinitionSchema.optional().describe('The whole definition. It becomes the next version.'),
  visibility: z.enum(TOOL_VISIBILITIES).optional(),
  forkable: z.boolean().optional(),
  groupId: id().optional(),
});
export const ForkToolBody = z.strictObject({ groupId: id().describe('The group that will own the copy.') });
export const RollbackToolBody = z.strictObject({ version: z.number().int().min(1).max(2_147_483_647) });
export const EmptyBody = z.strictObject({});

const person = z.object({ id: z.uuid(), name: z.string() }).nullable();
const jsonObject = z.record(z.string(), z.unknown());

const definition = z
  .object({
    name: z.string(),
    version: z.string(),
    type: z.enum(TOOL_TYPES),
    behavior: z.string().optional().describe('Only if you may edit the tool.'),
    model: z.string().optional(),
    input_schema: jsonObject.optional(),
    output_schema: jsonObject.optional(),
    constraints: z
      .object({
        topics: z.array(z.string()).optional(),
        no_direct_answers: z.boolean().optional(),
        max_messages: z.number().int().optional(),
        max_session_duration: z.number().int().optional(),
      })
      .optional(),
    modules: z.array(z.object({ name: z.string(), config: jsonObject.optional() })).optional(),
    meta: z
      .object({
        subject: z.string().optional(),
        grades: z.array(z.union([z.number(), z.string()])).optional(),
        description: z.string().optional(),
        tags: z.array(z.string()).optional(),
      })
      .optional(),
  })
  .meta({ id: 'ToolDefinition' });

const summary = z.object({
  id: z.uuid(),
  groupId: z.uuid(),
  author: person.describe('Null if the tool belongs to another tenant.'),
  type: z.enum(TOOL_TYPES),
  visibility: z.enum(TOOL_VISIBILITIES),
  state: z.enum(TOOL_STATES),
  name: z.string(),
  description: z.string().nullable(),
  subject: z.string().nullable(),
  version: z
    .number()
    .int()
    .describe('The current version. For a student, the version that was assigned to them.'),
  forkable: z.boolean(),
  forkedFrom: z.object({ toolId: z.uuid(), version: z.number().int().nullable() }).nullable(),
  publishedAt: timestamp().nullable(),
  createdAt: timestamp(),
  updatedAt: timestamp(),
  links: links('self', 'versions', 'group'),
  can: canSchema('update', 'publish', 'archive', 'restore', 'fork', 'use', 'readVersions'),
});

export const ToolSummarySchema = summary.meta({ id: 'ToolSummary' });
export const ToolSchema = summary.extend({ definition }).meta({ id: 'Tool' });

const version = z.object({
  toolId: z.uuid(),
  version: z.number().int(),
  label: z.string().describe("A label of the author's choice."),
  isCurrent: z.boolean(),
  contentHash: z
    .string()
    .nullable()
    .describe('The SHA-256 of the canonical JSON of the definition. Only if you may edit the tool.'),
  createdBy: person,
  createdAt: timestamp(),
  links: links('self', 'tool'),
});
export const VersionSummarySchema = version.meta({ id: 'ToolVersionSummary' });
export const VersionSchema = version.extend({ definition }).meta({ id: 'ToolVersion' });

export const DiffSchema = z
  .object({
    toolId: z.uuid(),
    from: z.number().int(),
    to: z.number().int(),
    changes: z.array(
      z.object({
        path: z.string().describe('A JSON pointer into the definition.'),
        op: z.enum(['added', 'removed', 'changed']),
        from: z.unknown().optional(),
        to: z.unknown().optional(),
      }),
    ),
    links: links('tool', 'from', 'to'),
  })
  .meta({ id: 'ToolDiff' });
