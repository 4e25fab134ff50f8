import { z } from 'zod';
import {
  canSchema,
  IdParams,
  id,
  links,
  listQuery,
  prose,
  timestamp,
  tokensEstimated,
} from '../../http/schemas';
import { CUTS, SESSION_STATES } from './sessions.types';

/** The longest message of a student, in characters. */
export const MAX_CONTENT = 20_000;

export const CreateSessionBody = z
  .strictObject({
    submissionId: id().optional().describe('The attempt to work on.'),
    toolId: id().optional().describe('The tool to chat with, without an attempt.'),
  })
  .refine((body) => (body.submissionId === undefined) !== (body.toolId === undefined), {
    message: 'send either submissionId or toolId',
  });

export const MessageParams = IdParams.extend({ messageId: id() });

export const ListSessionsQuery = listQuery(['-createdAt', 'lastActivityAt'], {
  toolId: id().optional(),
  submissionId: id().optional(),
  classId: id()
    .optional()
    .describe(
      'Only chat sessions of this class. Teachers of the class see all of them, other users their own.',
    ),
  userId: id().optional().describe('For teachers: only chat sessions of this user.'),
  state: z.enum(SESSION_STATES).optional(),
});

export const ListMessagesQuery = listQuery(['seq'], {});

export const SayBody = z
  .strictObject({
    content: prose(1, MAX_CONTENT).optional().describe('The message of the student.'),
    continue: z
      .literal(true)
      .optional()
      .describe('Instead of `content`: continue the previous answer, which was cut.'),
  })
  .refine((body) => (body.content === undefined) !== (body.continue === undefined), {
    message: 'send either content or continue',
  });

export const SessionSchema = z
  .object({
    id: z.uuid(),
    userId: z.uuid(),
    userName: z.string(),
    toolId: z.uuid(),
    toolVersion: z
      .number()
      .int()
      .describe('The version at the start of the chat session. It does not change.'),
    toolName: z.string(),
    classId: z.uuid().nullable(),
    submissionId: z.uuid().nullable(),
    state: z.enum(SESSION_STATES),
    messageCount: z
      .number()
      .int()
      .describe('The messages of the student in this chat session, without messages whose answer failed.'),
    maxMessages: z
      .number()
      .int()
      .nullable()
      .describe(
        'The number of messages that the tool and the groups above allow for all chat sessions of the same work; null for any number.',
      ),
    messagesLeft: z
      .number()
      .int()
      .nullable()
      .describe(
        'The number of messages that are left, after this chat session and earlier ones of the same work; null for any number.',
      ),
    expiresAt: timestamp()
      .nullable()
      .describe(
        'When the time limit of the tool or of a group above ends the chat session; null without a limit.',
      ),
    answering: z.boolean().describe('True if an answer is being generated now.'),
    lastActivityAt: timestamp(),
    endedAt: timestamp().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'messages', 'tool'),
    can: canSchema('write', 'complete', 'stop', 'stopAnswer', 'continue'),
  })
  .meta({ id: 'Session' });

export const MessageSchema = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    seq: z.number().int(),
    role: z.enum(['user', 'assistant']),
    content: z.string().describe('The text as it was written. Do not trust it as markup.'),
    state: z.enum(['complete', 'streaming', 'failed']),
    errorCode: z.string().nullable().describe('Why the answer failed.'),
    truncated: z.boolean().describe('True if the answer ended before it was complete. You can continue it.'),
    cutBy: z
      .enum(CUTS)
      .nullable()
      .describe('What cut the answer: the token limit, or the user who asked. Null for a complete answer.'),
    continues: z
      .boolean()
      .describe('True if the message asks for the rest of a cut answer, or is that rest.'),
    model: z.string().nullable(),
    inputTokens: z.number().int().nullable(),
    outputTokens: z.number().int().nullable(),
    tokensEstimated: tokensEstimated(),
    latencyMs: z.number().int().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: z.object({
      self: z.string(),
      session: z.string(),
      stream: z.string().nullable().describe('The address of the stream of the answer.'),
    }),
  })
  .meta({ id: 'Message' });

export const TurnSchema = z
  .object({ userMessage: MessageSchema, assistantMessage: MessageSchema })
  .meta({ id: 'Turn' });
