import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { SessionsController } from './sessions.controller';
import { CreateSessionBody, ListSessionsQuery, SessionSchema } from './sessions.schemas';

const NOT_FOUND = { 'session.not_found': 'There is no such chat session, or you may not see it.' };
const ENDED = {
  'session.ended': 'The chat session has already ended in another way.',
  'session.expired': 'The chat session has already expired.',
};

const collection = (controller: SessionsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions',
    summary: 'List chat sessions',
    description:
      'Lists your own chat sessions. With `classId`, `submissionId` or `userId` it also lists the sessions of students that you may read.',
    access: signedIn('session.read'),
    query: ListSessionsQuery,
    success: { status: 200, description: 'A page of chat sessions.', data: SessionSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions',
    summary: 'Start a chat session',
    description:
      'Send `submissionId` to chat for your own attempt, with the tool version that the attempt uses. Send `toolId` to chat with a tool that you may use without an assignment.',
    access: signedIn('session.create'),
    body: CreateSessionBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The chat session.', data: SessionSchema, revisioned: true },
    errors: {
      'tool.not_chat': 'The tool is a product tool. Create a run instead.',
      'tool.not_found': 'There is no such tool, or you may not see it.',
      'ai.switched_off': 'A group above has switched AI off.',
      'submission.not_found': 'There is no such attempt, or you may not see it.',
      'submission.not_in_progress': 'The attempt has been handed in.',
      'assignment.closed': 'The assignment is closed.',
      'session.already_active':
        'This attempt already has an active chat session. `details.sessionId` is its id.',
      'session.message_limit': 'Earlier chat sessions for the same work have used up the messages.',
      'session.time_limit': 'Earlier chat sessions for the same work have used up the time.',
    },
    example: { submissionId: '01890a5d-ac96-774b-bcce-b302099a8057' },
    handler: controller.create,
  }),
];

const single = (controller: SessionsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions/:id',
    summary: 'Get a chat session',
    access: signedIn('session.read'),
    params: IdParams,
    success: { status: 200, description: 'The chat session.', data: SessionSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions/:id/complete',
    summary: 'End a chat session',
    access: signedIn('session.write'),
    params: IdParams,
    success: { status: 200, description: 'The chat session.', data: SessionSchema, revisioned: true },
    errors: { ...NOT_FOUND, ...ENDED, 'session.turn_in_progress': 'An answer is still being generated.' },
    handler: controller.complete,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions/:id/stop',
    summary: 'Stop a chat session of a student',
    description: 'For the teachers of the class. An answer that is being generated stops.',
    access: signedIn('session.stop'),
    params: IdParams,
    success: { status: 200, description: 'The chat session.', data: SessionSchema, revisioned: true },
    errors: { ...NOT_FOUND, ...ENDED },
    handler: controller.stop,
  }),
];

export const sessionRoutes = (controller: SessionsController): Route[] => [
  ...collection(controller),
  ...single(controller),
];
