import { defineRoute, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { SessionsController } from './sessions.controller';
import { CreateSessionBody, ListSessionsQuery, SessionSchema } from './sessions.schemas';

const NOT_FOUND = { 'session.not_found': 'There is no such session, or not for the caller.' };
const ENDED = {
  'session.ended': 'It has ended otherwise before.',
  'session.expired': 'Its time was over before.',
};

const collection = (controller: SessionsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions',
    summary: 'List chat sessions',
    description:
      'The caller’s own; with classId, submissionId or userId also those of students that the caller may read.',
    access: signedIn('session.read'),
    query: ListSessionsQuery,
    success: { status: 200, description: 'A page of sessions.', data: SessionSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions',
    summary: 'Begin a chat with a tool',
    description:
      'On a submission of one’s own, with the version that it pins; or with a tool that one may use in one’s own right.',
    access: signedIn('session.create'),
    body: CreateSessionBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The session.', data: SessionSchema, revisioned: true },
    errors: {
      'tool.not_chat': 'The tool is a product tool: start a run of it.',
      'tool.not_found': 'There is no such tool, or not for the caller.',
      'ai.switched_off': 'A group above has switched AI off.',
      'submission.not_found': 'There is no such submission, or not for the caller.',
      'submission.not_in_progress': 'The submission is handed in.',
      'assignment.closed': 'The assignment is closed.',
      'session.already_active': 'A chat for this submission is active already: `details.sessionId`.',
      'session.message_limit': 'Earlier chats on the same work have used up the messages.',
      'session.time_limit': 'Earlier chats on the same work have used up the time.',
    },
    example: { submissionId: '01890a5d-ac96-774b-bcce-b302099a8057' },
    handler: controller.create,
  }),
];

const single = (controller: SessionsController) => [
  defineRoute({
    method: 'get',
    path: '/sessions/:id',
    summary: 'Read a session',
    access: signedIn('session.read'),
    params: idParams,
    success: { status: 200, description: 'The session.', data: SessionSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions/:id/complete',
    summary: 'End one’s chat',
    access: signedIn('session.write'),
    params: idParams,
    success: { status: 200, description: 'The session.', data: SessionSchema, revisioned: true },
    errors: { ...NOT_FOUND, ...ENDED, 'session.turn_in_progress': 'An answer is still being made.' },
    handler: controller.complete,
  }),
  defineRoute({
    method: 'post',
    path: '/sessions/:id/stop',
    summary: 'Stop a student’s chat',
    description: 'For the teachers of the class. An answer that is being made breaks off.',
    access: signedIn('session.stop'),
    params: idParams,
    success: { status: 200, description: 'The session.', data: SessionSchema, revisioned: true },
    errors: { ...NOT_FOUND, ...ENDED },
    handler: controller.stop,
  }),
];

export const sessionRoutes = (controller: SessionsController): Route[] => [
  ...collection(controller),
  ...single(controller),
];
