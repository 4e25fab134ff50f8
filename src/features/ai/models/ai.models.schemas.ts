import { z } from 'zod';
import {
  canSchema,
  id,
  links,
  listQuery,
  micros,
  money,
  queryFlag,
  text,
  timestamp,
} from '../../../http/schemas';
import { INSTRUCTION_PLACES, OUTPUT_LIMITS, RESPONSE_FORMATS } from './ai.parameters';

const MAX_FALLBACKS = 5;
/** A million of the currency per million tokens. A higher price is a mistake in the unit. */
const MAX_PRICE_MICROS = 1_000_000_000_000;

const name = () =>
  text(1, 200).describe('The name that the provider uses, for example `openai/gpt-4o-mini`.');
const INPUT_PRICE = 'The price of a million input tokens';
const OUTPUT_PRICE = 'The price of a million output tokens';

const ParametersSchema = z
  .strictObject({
    outputLimit: z
      .enum(OUTPUT_LIMITS)
      .optional()
      .describe('The parameter in which `maxOutputTokens` is sent; `none`: it is not sent.'),
    responseFormat: z.enum(RESPONSE_FORMATS).optional().describe('How the model is asked for a JSON answer.'),
    instructions: z
      .enum(INSTRUCTION_PLACES)
      .optional()
      .describe(
        'The role of the instructions. `first_message`: the instructions are sent as a separate exchange before all others, for models without such a role.',
      ),
    streamUsage: z
      .boolean()
      .optional()
      .describe('true: ask the provider for token counts (`stream_options`).'),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .optional()
      .describe('Sent unchanged. Default: the default of the model.'),
  })
  .meta({ id: 'AiModelParameters' });

const fields = {
  displayName: text(1, 200),
  enabled: z.boolean(),
  isDefault: z
    .boolean()
    .describe('true: tools use this model if they name no model, or a model that is not allowed.'),
  fallbacks: z
    .array(name())
    .max(MAX_FALLBACKS)
    .describe('Models to try, in this order, if the model fails before its first token.'),
  maxOutputTokens: z.number().int().min(1).max(200_000),
  inputPriceMicros: micros(INPUT_PRICE, MAX_PRICE_MICROS),
  outputPriceMicros: micros(OUTPUT_PRICE, MAX_PRICE_MICROS),
  parameters: ParametersSchema.describe(
    'Which parameters the model takes. Values that you set are fixed. The others are learned when the provider refuses a parameter.',
  ),
};

export const CreateModelBody = z.strictObject({
  tenantId: id()
    .nullable()
    .optional()
    .describe(
      'The tenant (root group) that the model is for; null for the whole platform. Default: your tenant, or the whole platform if you are a platform admin.',
    ),
  name: name(),
  displayName: fields.displayName.optional().describe('Default: the name.'),
  enabled: fields.enabled.default(true),
  isDefault: fields.isDefault.default(false),
  fallbacks: fields.fallbacks.default([]),
  maxOutputTokens: fields.maxOutputTokens.default(2048),
  inputPriceMicros: fields.inputPriceMicros.default(0),
  outputPriceMicros: fields.outputPriceMicros.default(0),
  parameters: fields.parameters.default({}),
});

export const UpdateModelBody = z
  .strictObject({ name: name(), ...fields })
  .partial()
  .refine((body) => Object.keys(body).length > 0, { message: 'send at least one field to change' });

export const ListModelsQuery = listQuery(['name', 'createdAt'], { enabled: queryFlag().optional() });

export const AiModelSchema = z
  .object({
    id: z.uuid(),
    tenantId: z.uuid().nullable().describe('Null for a model of the whole platform.'),
    name: z.string(),
    displayName: z.string(),
    enabled: z.boolean(),
    isDefault: z.boolean(),
    fallbacks: z.array(z.string()),
    maxOutputTokens: z.number().int(),
    ...money({ inputPriceMicros: INPUT_PRICE, outputPriceMicros: OUTPUT_PRICE }),
    parameters: ParametersSchema,
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self'),
    can: canSchema('update', 'delete'),
  })
  .meta({ id: 'AiModel' });
