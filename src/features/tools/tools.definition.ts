import { z } from 'zod';
import { prose, text } from '../../http/schemas';
import { type JsonObject, measureJson } from '../../shared/json';
import { TOOL_TYPES } from './tools.kinds';

const MAX_CHARACTERS = 256 * 1024;
/** More values than the largest usable schemas have. */
const MAX_VALUES = 8_000;
const MAX_CONFIG_DEPTH = 10;

/** A free JSON object that can be stored unchanged. */
const freeObject = (maxDepth: number) =>
  z.record(z.string(), z.unknown()).superRefine((value, context) => {
    const size = measureJson(value, maxDepth);
    if (size.depth > maxDepth)
      context.addIssue({
        code: 'custom',
        message: `is nested deeper than ${maxDepth} levels`,
        params: { reason: 'too_deep' },
      });
    if (!size.storable)
      context.addIssue({ code: 'custom', message: 'contains a character that cannot be stored' });
  });

/** The modules that can run. A module that would not be enforced is refused. */
const MODULES: ReadonlySet<string> = new Set();

const moduleUse = z.strictObject({
  name: z
    .string()
    .max(64)
    .refine((name) => MODULES.has(name), {
      message: 'is not a module that can be used: leave out modules',
      params: { reason: 'unknown_module' },
    }),
  config: freeObject(MAX_CONFIG_DEPTH).optional(),
});

const fields = z.strictObject({
  name: text(1, 120),
  version: text(1, 50).describe("A label of the author's choice."),
  type: z.enum(TOOL_TYPES),
  behavior: prose(1, 50_000).describe(
    'The instructions to the model. Shown only to users who may edit the tool.',
  ),
  model: text(1, 200).optional().describe('A model to use instead of the default model.'),
  // One level more than schemas may have, so that the more precise check reports the depth.
  input_schema: freeObject(30)
    .optional()
    .describe('JSON Schema draft 7. Required for product tools, not allowed for chat tools.'),
  output_schema: freeObject(30)
    .optional()
    .describe('JSON Schema draft 7. Required for product tools, not allowed for chat tools.'),
  constraints: z
    .strictObject({
      topics: z.array(text(1, 200)).max(50).optional(),
      no_direct_answers: z.boolean().optional(),
      max_messages: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('How many messages a student may send for the same work, over all its chat sessions.'),
      max_session_duration: z
        .number()
        .int()
        .min(1)
        .max(10_080)
        .optional()
        .describe('How many minutes a student may chat for the same work.'),
    })
    .optional(),
  modules: z
    .array(moduleUse)
    .max(20)
    .optional()
    .describe('Modules cannot run yet: leave the field out, or send an empty list.'),
  meta: z
    .strictObject({
      subject: text(1, 100).optional(),
      grades: z
        .array(z.union([z.number().int().min(0).max(20), text(1, 20)]))
        .max(30)
        .optional(),
      description: prose(1, 2_000).trim().optional(),
      tags: z.array(text(1, 50)).max(30).optional(),
    })
    .optional(),
});

type Context = z.RefinementCtx;

function refuse(context: Context, path: string, reason: string, message: string): void {
  context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message, params: { reason } });
}

function checkPresence(
  context: Context,
  type: string,
  name: 'input_schema' | 'output_schema',
  schema: JsonObject | undefined,
): void {
  if (type === 'chat' && schema !== undefined)
    refuse(context, name, 'product_only', 'only product tools have this field');
  if (type === 'product' && schema === undefined)
    refuse(context, name, 'required', 'a product tool needs this field');
}

/**
 * Why a definition is too large, before its contents are checked; null if its size is fine. The recursion
 * is bounded, because a deeply nested body is refused before.
 */
function excessOf(definition: unknown): string | null {
  let values = 0;
  let characters = 0;
  const count = (item: unknown): void => {
    values += 1;
    if (typeof item === 'string') characters += item.length;
    if (typeof item !== 'object' || item === null || values > MAX_VALUES) return;
    if (Array.isArray(item)) {
      for (const child of item) count(child);
      return;
    }
    for (const key in item) {
      characters += key.length;
      count((item as JsonObject)[key]);
    }
  };
  count(definition);
  if (values > MAX_VALUES) return `${MAX_VALUES} values`;
  return characters > MAX_CHARACTERS ? `${MAX_CHARACTERS} characters` : null;
}

/**
 * The shape of a definition as an author sends it. `DefinitionChecks` decides whether its schemas and its
 * model can be used: that is expensive, and is done only for people who may write a tool here.
 */
export const DefinitionSchema = z
  .preprocess(
    (definition, context) => {
      const excess = excessOf(definition);
      if (excess !== null) refuse(context, '', 'too_large', `is larger than ${excess}`);
      return excess === null ? definition : z.NEVER;
    },
    fields.superRefine((definition, context) => {
      checkPresence(context, definition.type, 'input_schema', definition.input_schema);
      checkPresence(context, definition.type, 'output_schema', definition.output_schema);
    }),
  )
  .meta({ id: 'ToolDefinitionInput' });
