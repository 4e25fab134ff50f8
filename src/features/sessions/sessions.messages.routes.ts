import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { SessionsController } from './sessions.controller';
import { ListMessagesQuery, MessageParams, MessageSchema, SayBody, TurnSchema } from './sessions.schemas';
import type { TurnsController } from './turns/sessions.turns.controller';

const NOT_FOUND = { 'session.not_found': 'There is no such session, or not for the caller.' };
const MESSAGE_NOT_FOUND = { ...NOT_FOUND, 'message.not_found': 'There is no such message in this session.' };

const STREAM = `Events: \`message.start\` {userMessage, assistantMessage}, \`message.delta\` {text} (after a \`message.withdrawn\`, drop
what the deltas before it held), then \`message.done\`
{userMessage, assistantMessage} or \`error\` {code, message, …}. Each has an \`id\`; sent back as \`Last-Event-ID\`, the
answer goes on from there.`;

const reading = (sessions: SessionsController, turns: TurnsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages',
    summary: 'List the messages of a session',
    description: 'In their order. Reading somebody else’s leaves a trail that they can see.',
    access: signedIn('session.read'),
    params: idParams,
    query: ListMessagesQuery,
    success: { status: 200, description: 'A page of messages.', data: MessageSchema, list: true },
    errors: NOT_FOUND,
    handler: sessions.listMessages,
  }),
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages/:messageId',
    summary: 'Read one message',
    access: signedIn('session.read'),
    params: MessageParams,
    success: { status: 200, description: 'The message.', data: MessageSchema },
    errors: MESSAGE_NOT_FOUND,
    handler: sessions.getMessage,
  }),
  defineRoute({
    method: 'get',
    path: '/sessions/:id/messages/:messageId/stream',
    summary: 'Follow an answer, or read it again, as a stream',
    description: `For an answer in the making (in whichever process) or a finished one. ${STREAM} 204 where \`Last-Event-ID\` says
that the caller has the end already, so that an EventSource does not connect again.`,
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
    summary: 'Say something and get the answer',
    description: `As JSON when the answer is complete, or with \`Accept: text/event-stream\` piece by piece. ${STREAM}
The answer is made and stored even if the caller hangs up. With an Idempotency-Key the model is asked once: the same
request again gets the same answer, or, as a stream, the one still being made. With \`{"continue": true}\` an answer
that was cut goes on; that counts against no limit of messages.`,
    access: signedIn('session.write'),
    rateLimit: 'messages',
    params: idParams,
    body: SayBody,
    bodyLimit: 128 * KIB,
    idempotency: 'service',
    success: { status: 201, description: 'Both messages.', data: TurnSchema, stream: true },
    errors: {
      ...NOT_FOUND,
      'session.ended': 'The session has ended.',
      'session.expired': 'The time that the tool or a group above allows is over.',
      'session.nothing_to_continue': 'The last answer was not cut.',
      'session.message_limit': 'The tool, or a group above, allows no more messages in this session.',
      'session.turn_in_progress': 'The answer to the message before is still being made.',
      'session.stopped': 'A teacher has stopped the session while the answer was being made.',
      'submission.not_in_progress': 'The work is handed in or closed.',
      'ai.switched_off': 'A group above has switched AI off. Nothing is stored.',
      'ai.no_model_allowed': 'None of the models that the groups above allow is set up.',
      'ai.model_unavailable': 'The model that the tool names is gone, and no fallback was declared for it.',
      'ai.timeout': 'The model did not answer in time. The message is stored, the next one works.',
      'ai.rate_limited': 'The AI service is busy.',
      'ai.unavailable': 'The AI service is not available.',
      'ai.bad_response': 'The model gave an answer that cannot be used.',
      'ai.interrupted': 'The answer broke off; what had arrived is stored.',
      'ai.refused': 'The model will not answer this.',
      'ai.filtered':
        'A content filter of the provider stopped the question or the answer; nothing of the answer is kept.',
      'ai.quota_exhausted':
        'The account with the AI provider has no credit left. Administrators have been told.',
    },
    example: { content: 'Why is 1/3 more than 1/4?' },
    handler: turns.say,
  });

const stopping = (turns: TurnsController) =>
  defineRoute({
    method: 'post',
    path: '/sessions/:id/messages/stop',
    summary: 'Stop the answer that is being made',
    description: `For whoever asked. What has arrived of it is kept, as a complete answer with \`cutBy: "stopped"\`; the
message counts, and the chat goes on. Once more changes nothing.`,
    access: signedIn('session.write'),
    params: idParams,
    success: { status: 200, description: 'Both messages.', data: TurnSchema },
    errors: { ...NOT_FOUND, 'session.not_answering': 'No answer is being made.' },
    handler: turns.stop,
  });

export const messageRoutes = (sessions: SessionsController, turns: TurnsController): Route[] => [
  ...reading(sessions, turns),
  saying(turns),
  stopping(turns),
];
