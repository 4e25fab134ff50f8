import { z } from 'zod';
import { can, id, idParams, links, listQuery, prose, timestamp, tokensEstimated } from '../../http/schemas';
import { CUTS, SESSION_STATES } from './sessions.types';

/** Longest message of a student, in characters. */
export const MAX_CONTENT = 20_000;

export const CreateSessionBody = z
  .strictObject({
    submissionId: id().optional().describe('The attempt to work on.'),
    toolId: id().optional().describe('The tool to chat with, outside of any attempt.'),
  })
  .refine((body) => (body.submissionId === undefined) !== (body.toolId === undefined), {
    message: 'send either submissionId or toolId',
  });

export const MessageParams = idParams.extend({ messageId: id() });

export const ListSessionsQuery = listQuery(['-createdAt', 'lastActivityAt'], {
  toolId: id().optional(),
  submissionId: id().optional(),
  classId: id().optional().describe('For its teachers, all chats of the class; for others, their own there.'),
  userId: id().optional().describe('Whose chats; for teachers.'),
  state: z.enum(SESSION_STATES).optional(),
});

export const ListMessagesQuery = listQuery(['seq'], {});

export const SayBody = z
  .strictObject({
    content: prose(1, MAX_CONTENT).optional().describe('What the student says.'),
    continue: z
      .literal(true)
      .optional()
      .describe('Instead of `content`: have the answer before, which was cut, continued.'),
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
    toolVersion: z.number().int().describe('Fixed when the chat began.'),
    toolName: z.string(),
    classId: z.uuid().nullable(),
    submissionId: z.uuid().nullable(),
    state: z.enum(SESSION_STATES),
    messageCount: z
      .number()
      .int()
      .describe('Messages of the student in this chat, without those whose answer failed.'),
    maxMessages: z
      .number()
      .int()
      .nullable()
      .describe(
        'How many the tool and the groups above allow for all chats on the same work; null for any number.',
      ),
    messagesLeft: z
      .number()
      .int()
      .nullable()
      .describe(
        'How many of them are left, after this chat and earlier ones on the same work; null for any number.',
      ),
    expiresAt: timestamp()
      .nullable()
      .describe('When the time limit of the tool, or of a group above, ends it; null without one.'),
    answering: z.boolean().describe('Whether an answer is being made just now.'),
    lastActivityAt: timestamp(),
    endedAt: timestamp().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'messages', 'tool'),
    can: can('write', 'complete', 'stop', 'stopAnswer', 'continue'),
  })
  .meta({ id: 'Session' });

export const MessageSchema = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    seq: z.number().int(),
    role: z.enum(['user', 'assistant']),
    content: z.string().describe('As it was written: text, never markup to be trusted.'),
    state: z.enum(['complete', 'streaming', 'failed']),
    errorCode: z.string().nullable().describe('Why a failed answer ended.'),
    truncated: z
      .boolean()
      .describe('Whether the answer ended before it was whole; it can be continued then.'),
    cutBy: z
      .enum(CUTS)
      .nullable()
      .describe('What ended it: the limit of tokens, or the person who asked; null for a whole one.'),
    continues: z.boolean().describe('Whether it asks for the rest of a cut answer, or is that rest.'),
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
      stream: z.string().nullable().describe('Where an answer can be followed or read again as a stream.'),
    }),
  })
  .meta({ id: 'Message' });

export const TurnSchema = z
  .object({ userMessage: MessageSchema, assistantMessage: MessageSchema })
  .meta({ id: 'Turn' });
