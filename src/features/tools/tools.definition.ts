import { z } from 'zod';
import { text, verbatim } from '../../http/schemas';
import { canonicalJson, measureJson } from './tools.json';
import { schemaIssues } from './tools.schema-compiler';
import { type JsonObject, TOOL_TYPES } from './tools.types';

const MAX_DEFINITION_BYTES = 256 * 1024;
const MAX_CONFIG_BYTES = 16 * 1024;
const MAX_CONFIG_DEPTH = 10;

/** An object of free JSON that can be stored as it is. */
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

const moduleConfig = freeObject(MAX_CONFIG_DEPTH).refine(
  (config) => Buffer.byteLength(canonicalJson(config)) <= MAX_CONFIG_BYTES,
  { message: `is larger than ${MAX_CONFIG_BYTES} bytes` },
);

const fields = z.strictObject({
  name: text(1, 120),
  version: text(1, 50).describe("The author's own label."),
  type: z.enum(TOOL_TYPES),
  behavior: verbatim(1, 50_000)
    .refine((behavior) => behavior.trim() !== '', { message: 'is blank' })
    .describe('The instructions to the model. Shown only to those who may edit the tool.'),
  model: text(1, 200).optional().describe('A model other than the default one.'),
  // One level more than schemas may have, so that the finer check tells the depth.
  input_schema: freeObject(30)
    .optional()
    .describe('JSON Schema draft 7. Product tools have one, chat tools have none.'),
  output_schema: freeObject(30)
    .optional()
    .describe('JSON Schema draft 7. Product tools have one, chat tools have none.'),
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
        .describe('Messages of the student in one session.'),
      max_session_duration: z.number().int().min(1).max(10_080).optional().describe('Minutes.'),
    })
    .optional(),
  modules: z
    .array(
      z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), config: moduleConfig.optional() }),
    )
    .max(20)
    .optional(),
  meta: z
    .strictObject({
      subject: text(1, 100).optional(),
      grades: z
        .array(z.union([z.number().int().min(0).max(20), text(1, 20)]))
        .max(30)
        .optional(),
      description: text(1, 2_000).optional(),
      tags: z.array(text(1, 50)).max(30).optional(),
    })
    .optional(),
});

type Context = z.RefinementCtx;

function refuse(context: Context, path: string, reason: string, message: string): void {
  context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message, params: { reason } });
}

function checkSchema(
  context: Context,
  type: string,
  name: 'input_schema' | 'output_schema',
  schema: JsonObject | undefined,
): void {
  if (type === 'chat' && schema !== undefined)
    refuse(context, name, 'product_only', 'only product tools have one');
  if (type === 'product' && schema === undefined)
    refuse(context, name, 'required', 'a product tool needs one');
  if (type !== 'product' || schema === undefined) return;
  for (const issue of schemaIssues(schema))
    refuse(context, `${name}${issue.path}`, issue.reason, issue.message);
}

/** A whole definition, as an author sends it; its schemas are compiled here, so that no run meets a broken one. */
export const definitionSchema = fields
  .superRefine((definition, context) => {
    if (Buffer.byteLength(canonicalJson(definition)) > MAX_DEFINITION_BYTES) {
      return refuse(context, '', 'too_large', `is larger than ${MAX_DEFINITION_BYTES} bytes`);
    }
    checkSchema(context, definition.type, 'input_schema', definition.input_schema);
    checkSchema(context, definition.type, 'output_schema', definition.output_schema);
  })
  .meta({ id: 'ToolDefinitionInput' });
