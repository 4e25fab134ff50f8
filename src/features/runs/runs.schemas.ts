import { z } from 'zod';
import {
  canSchema,
  id,
  links,
  listQuery,
  storableJson,
  timestamp,
  tokensEstimated,
} from '../../http/schemas';
import { RUN_STATES } from './runs.types';

/** A model reads the whole input, and every token costs money. */
const MAX_INPUT_CHARACTERS = 100_000;

const runInput = () =>
  storableJson()
    .refine((value) => value !== undefined, { message: 'is required' })
    .refine((value) => (JSON.stringify(value)?.length ?? 0) <= MAX_INPUT_CHARACTERS, {
      message: `is longer than ${MAX_INPUT_CHARACTERS} characters of JSON`,
    })
    .describe('The input of the tool: any JSON that matches its input schema.');

export const CreateRunBody = z
  .strictObject({
    toolId: id().optional().describe('The product tool, for work without an attempt.'),
    submissionId: id()
      .optional()
      .describe('Your attempt to work on. It determines the tool and its version.'),
    input: runInput(),
  })
  .refine((body) => (body.toolId === undefined) !== (body.submissionId === undefined), {
    message: 'send either toolId or submissionId',
    path: ['toolId'],
  });

export const ListRunsQuery = listQuery(['-createdAt', 'updatedAt'], {
  state: z.enum(RUN_STATES).optional(),
  toolId: id().optional(),
  submissionId: id()
    .optional()
    .describe('Runs of this attempt, including runs of other users that you may read.'),
  classId: id().optional().describe('Runs in this class, including runs of other users that you may read.'),
  userId: id().optional().describe('Runs of this user that you may read.'),
});

const fields = {
  id: z.uuid(),
  userId: z.uuid(),
  toolId: z.uuid(),
  toolVersion: z.number().int(),
  classId: z.uuid().nullable(),
  submissionId: z.uuid().nullable(),
  state: z.enum(RUN_STATES),
  progress: z.enum(['waiting', 'asking_model', 'repairing_answer', 'done']),
  errorCode: z
    .string()
    .nullable()
    .describe('Why the run failed, for example `ai.unavailable` or `run.output_invalid`.'),
  model: z.string().nullable(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  tokensEstimated: tokensEstimated(),
  truncated: z.boolean().describe('True if the token limit cut the last answer of the model.'),
  cancelRequestedAt: timestamp().nullable(),
  startedAt: timestamp().nullable(),
  finishedAt: timestamp().nullable(),
  createdAt: timestamp(),
  updatedAt: timestamp(),
  links: links('self', 'result', 'cancel'),
  can: canSchema('cancel'),
};

export const RunSchema = z.object(fields).meta({ id: 'Run' });

export const RunDetailSchema = z
  .object({ ...fields, input: z.unknown().describe('The input of the tool.') })
  .meta({ id: 'RunDetail' });

export const RunResultSchema = z
  .object({
    runId: z.uuid(),
    toolId: z.uuid(),
    toolVersion: z.number().int(),
    output: z.unknown().describe('Matches the output schema of this tool version.'),
    finishedAt: timestamp(),
    links: links('run'),
  })
  .meta({ id: 'RunResult' });
