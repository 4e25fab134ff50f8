import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { SessionsController } from './sessions.controller';
import { ListMessagesQuery, MessageParams, MessageSchema, SayBody, TurnSchema } from './sessions.schemas';
import type { TurnsController } from './turns/sessions.turns.controller';

const NOT_FOUND = { 'session.not_found': 'There is no such chat session, or you may not see it.' };
const MESSAGE_NOT_FOUND = {
  ...NOT_FOUND,
  'message.not_found': 'There is no such message in this chat session.',
};

const STREAM = `Events: \`message.start\` {userMessage, assistantMessage}, \`message.delta\` {text} (after a
\`message.withdrawn\`, drop the text of all deltas before it), then \`message.done\` {userMessage, assistantMessage} or
\`error\` {code, message, …}. Each event has an \`id\`. Send it back as \`Last-Event-ID\` to continue the stream
after that event.`;

const reading = (sessions: SessionsController, turns: TurnsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages',
    summary: 'List the messages of a chat session',
    description:
      'In the order they were sent. If you read the messages of another user, this is recorded in the audit trail.',
    access: signedIn('session.read'),
    params: IdParams,
    query: ListMessagesQuery,
    success: { status: 200, description: 'A page of messages.', data: MessageSchema, list: true },
    errors: NOT_FOUND,
    handler: sessions.listMessages,
  }),
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages/:messageId',
    summary: 'Get a message',
    access: signedIn('session.read'),
    params: MessageParams,
    success: { status: 200, description: 'The message.', data: MessageSchema },
    errors: MESSAGE_NOT_FOUND,
    handler: sessions.getMessage,
  }),
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages/:messageId/stream',
    summary: 'Stream an answer',
    description: `Streams an answer that is being generated (in any process) or a finished one. ${STREAM}
The answer is 204 if \`Last-Event-ID\` names the last event, so that an EventSource does not reconnect.`,
    access: signedIn('session.read'),
    params: MessageParams,
    success: { status: 200, description: 'The stream.', data: TurnSchema, stream: true },
    errors: MESSAGE_NOT_FOUND,
    handler: turns.follow,
  }),
];

const saying = (turns: TurnsController) =>
  defineRoute({
    method: 'post',
    path: '/sessions/:id/messages',
    summary: 'Send a message',
    description: `You get the answer as JSON when it is complete, or piece by piece with
\`Accept: text/event-stream\`. ${STREAM}
The answer is generated and stored even if you disconnect. With an \`Idempotency-Key\` the model is asked only once: if
you send the request again, you get the same answer, or the stream of the answer that is being generated. Send
\`{"continue": true}\` to continue an answer that was cut; this does not count as a message.`,
    access: signedIn('session.write'),
    rateLimit: 'messages',
    params: IdParams,
    body: SayBody,
    bodyLimit: 128 * KIB,
    idempotency: 'service',
    success: { status: 201, description: 'The message and the answer.', data: TurnSchema, stream: true },
    errors: {
      ...NOT_FOUND,
      'session.ended': 'The chat session has ended.',
      'session.expired': 'The time that the tool or a group above allows is over.',
      'session.nothing_to_continue': 'The last answer was not cut.',
      'session.message_limit': 'The tool or a group above allows no more messages in this chat session.',
      'session.turn_in_progress': 'The answer to the previous message is still being generated.',
      'session.stopped': 'A teacher stopped the chat session while the answer was being generated.',
      'submission.not_in_progress': 'The attempt has been handed in or closed.',
      'ai.switched_off': 'A group above has switched AI off. Nothing is stored.',
      'ai.no_model_allowed': 'None of the models that the groups above allow is available.',
      'ai.model_unavailable': 'The model that the tool names no longer exists, and it has no fallback.',
      'ai.timeout': 'The model did not answer in time. Your message is stored, and you can send another one.',
      'ai.rate_limited': 'The AI service is busy.',
      'ai.unavailable': 'The AI service is not available.',
      'ai.bad_response': 'The model gave an unusable answer.',
      'ai.interrupted': 'The answer broke off. The part that had arrived is stored.',
      'ai.refused': 'The model refused to answer.',
      'ai.filtered':
        'A content filter of the provider stopped the message or the answer. No part of the answer is stored.',
      'ai.quota_exhausted':
        'The account with the AI provider has no credit left. Administrators have been notified.',
    },
    example: { content: 'Why is 1/3 more than 1/4?' },
    handler: turns.say,
  });

const stopping = (turns: TurnsController) =>
  defineRoute({
    method: 'post',
    path: '/sessions/:id/messages/stop',
    summary: 'Stop an answer',
    description: `For the user who sent the message. The part of the answer that has arrived is stored as a
complete answer with \`cutBy: "stopped"\`. The message counts, and the chat session continues. A second stop changes
nothing.`,
    access: signedIn('session.write'),
    params: IdParams,
    success: { status: 200, description: 'The message and the answer.', data: TurnSchema },
    errors: { ...NOT_FOUND, 'session.not_answering': 'No answer is being generated.' },
    handler: turns.stop,
  });

export const messageRoutes = (sessions: SessionsController, turns: TurnsController): Route[] => [
  ...reading(sessions, turns),
  saying(turns),
  stopping(turns),
];
