import type { Things } from './permission-district';

/** One request for an object at a place: the parameters of its path in order, and its body. */
export interface PermissionRequest {
  ids?: (at: Things) => string[];
  body?: (at: Things) => unknown;
  /** The query string, without the `?`. */
  query?: (at: Things) => string;
  /** It concerns only the caller, wherever they are. */
  alone?: boolean;
  /** For a list: check whether it contains this id, instead of the status. */
  lists?: (at: Things) => string;
  /** The object is a person's own work, so it also exists at `mate`. */
  personal?: boolean;
  /** The request's change must be undone before the next request. */
  dirties?: boolean;
}

const group = (at: Things) => [at.group.id];
const schoolClass = (at: Things) => [at.schoolClass.id];
const tool = (at: Things) => [at.tool.id];
const assignment = (at: Things) => [at.assignment.id];
const WANTED = { in_app: true, email: false, push: false };
const PREFERENCES = {
  channels: {
    'assignment.published': WANTED,
    'assignment.due_soon': WANTED,
    'submission.submitted': WANTED,
    'submission.auto_submitted': WANTED,
    'submission.returned': WANTED,
    'export.ready': WANTED,
    'ai.quota_exhausted': WANTED,
    'ai.misconfigured': WANTED,
  },
  quietHours: null,
  timeZone: null,
  digest: 'none',
};
const CHAT = { name: 'Tutor', version: '1.0', type: 'chat', behavior: 'You are a patient tutor.' };

/**
 * How the permission matrix requests each route. A name may continue after a `#` if one route is tested in
 * more than one state.
 */
export const ASKS: Readonly<Record<string, PermissionRequest>> = {
  'GET /auth/me': { alone: true },
  'PATCH /auth/me': { alone: true, body: () => ({ name: 'New Name' }) },
  'POST /auth/confirm': { alone: true, body: () => ({ password: 'none of them has one' }) },
  'POST /auth/password': {
    alone: true,
    body: () => ({ currentPassword: 'a quiet harbour in May', newPassword: 'a longer swim in July' }),
  },
  'POST /auth/email/verification': { alone: true, body: () => ({}) },
  'POST /auth/email': { alone: true, body: () => ({ email: 'another.address@example.org' }) },
  'GET /auth/sessions': { lists: (at) => at.signIn.id, personal: true },
  'GET /auth/sessions/:id': { ids: (at) => [at.signIn.id], personal: true },
  'DELETE /auth/sessions/:id': { ids: (at) => [at.signIn.id], personal: true, dirties: true },
  'GET /auth/tokens': { lists: (at) => at.apiToken.id, personal: true },
  'POST /auth/tokens': {
    alone: true,
    body: () => ({
      name: 'script',
      scopes: ['account:read'],
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    }),
  },
  'GET /auth/tokens/:id': { ids: (at) => [at.apiToken.id], personal: true },
  'DELETE /auth/tokens/:id': { ids: (at) => [at.apiToken.id], personal: true, dirties: true },

  'GET /users': { lists: (at) => at.member.id },
  'POST /users': {
    body: (at) => ({ name: 'New Person', groupId: at.group.id, role: 'student', access: 'start_password' }),
  },
  'POST /users #classes': {
    body: (at) => ({
      ...{ name: 'New Person', groupId: at.group.id, role: 'student', access: 'none' },
      classIds: [at.schoolClass.id],
    }),
  },
  'POST /users/:id/password': { ids: (at) => [at.member.id] },
  'POST /users/:id/password #pupil': { ids: (at) => [at.pupil.id] },
  'GET /admin/users': { lists: (at) => at.member.id },
  'GET /users/:id': { ids: (at) => [at.student.id], personal: true },
  'GET /users/:id #member': { ids: (at) => [at.member.id] },
  'PATCH /users/:id': { ids: (at) => [at.member.id], body: () => ({ name: 'New Name' }) },
  'DELETE /users/:id': { ids: (at) => [at.member.id], dirties: true },
  'POST /users/:id/reactivate': { ids: (at) => [at.deactivated.id], dirties: true },

  'GET /users/:id/guardians': { ids: (at) => [at.student.id], personal: true },
  'POST /users/:id/guardians': {
    ids: (at) => [at.student.id],
    body: (at) => ({ userId: at.member.id }),
    personal: true,
    dirties: true,
  },
  'DELETE /users/:id/guardians/:guardianId': {
    ids: (at) => [at.student.id, at.guardian.id],
    personal: true,
    dirties: true,
  },
  'GET /users/:id/sign-ins': {
    ids: (at) => [at.student.id],
    lists: (at) => at.signIn.id,
    personal: true,
  },
  'DELETE /users/:id/sign-ins': { ids: (at) => [at.member.id] },
  'DELETE /users/:id/sign-ins/:signInId': {
    ids: (at) => [at.student.id, at.signIn.id],
    personal: true,
    dirties: true,
  },
  'GET /users/:id/tokens': {
    ids: (at) => [at.student.id],
    lists: (at) => at.apiToken.id,
    personal: true,
  },
  'DELETE /users/:id/tokens/:tokenId': {
    ids: (at) => [at.student.id, at.apiToken.id],
    personal: true,
    dirties: true,
  },

  'GET /groups': { lists: (at) => at.group.id },
  'POST /groups': { body: (at) => ({ name: 'New', parentId: at.group.id }) },
  'GET /groups/:id': { ids: group },
  'PATCH /groups/:id': { ids: group, body: () => ({ name: 'New Name' }) },
  'DELETE /groups/:id': { ids: group, dirties: true },
  'GET /groups/:id/children': { ids: group },
  'GET /groups/:id/descendants': { ids: group },
  'GET /groups/:id/ancestors': { ids: group },
  'GET /groups/:id/theme/resolved': { ids: group },
  'GET /groups/:id/settings/resolved': { ids: group },
  'PATCH /groups/:id/theme': { ids: group, body: () => ({}) },
  'POST /groups/:id/district-code': { ids: group },
  'POST /groups/:id/restore': { ids: (at) => [at.archivedGroup.id], dirties: true },
  'GET /groups/:id/members': { ids: group },
  'POST /groups/:id/members': {
    ids: group,
    body: (at) => ({ userId: at.newcomer.id, role: 'student' }),
    dirties: true,
  },
  'PATCH /groups/:id/members/:userId': {
    ids: (at) => [at.group.id, at.member.id],
    body: () => ({ role: 'student' }),
  },
  'DELETE /groups/:id/members/:userId': { ids: (at) => [at.group.id, at.member.id], dirties: true },
  'GET /groups/:id/class-roles-without-membership': { ids: group },
  'GET /groups/:id/invitations': { ids: group, lists: (at) => at.invitation.id },
  'POST /groups/:id/invitations': {
    ids: group,
    body: (at) => ({ emails: [`to-${at.group.id}@example.org`], role: 'student' }),
  },
  'GET /classes/:id/invitations': { ids: schoolClass, lists: (at) => at.classInvitation.id },
  'POST /classes/:id/invitations': {
    ids: schoolClass,
    body: (at) => ({ emails: [`to-${at.schoolClass.id}@example.org`], role: 'student' }),
  },
  'DELETE /invitations/:id': { ids: (at) => [at.invitation.id], dirties: true },
  'DELETE /invitations/:id #class': { ids: (at) => [at.classInvitation.id], dirties: true },
  'POST /invitations/:id/resend': { ids: (at) => [at.invitation.id] },
  'POST /invitations/:id/resend #class': { ids: (at) => [at.classInvitation.id] },
  'GET /groups/:id/classes': { ids: group },

  'GET /classes': { lists: (at) => at.schoolClass.id },
  'POST /classes': { body: (at) => ({ groupId: at.group.id, name: 'New' }) },
  'GET /classes/:id': { ids: schoolClass },
  'PATCH /classes/:id': { ids: schoolClass, body: () => ({ name: 'New Name' }) },
  'DELETE /classes/:id': { ids: schoolClass, dirties: true },
  'POST /classes/:id/restore': { ids: (at) => [at.archivedClass.id], dirties: true },
  'POST /classes/join': { body: (at) => ({ code: at.schoolClass.joinCode }), dirties: true },
  'GET /classes/:id/roster': { ids: schoolClass },
  'POST /classes/:id/members': {
    ids: schoolClass,
    body: (at) => ({ userId: at.member.id, role: 'student' }),
    dirties: true,
  },
  'PATCH /classes/:id/members/:userId': {
    ids: (at) => [at.schoolClass.id, at.deactivated.id],
    body: () => ({ role: 'student' }),
  },
  'DELETE /classes/:id/members/:userId': {
    ids: (at) => [at.schoolClass.id, at.deactivated.id],
    dirties: true,
  },
  'POST /classes/:id/login-cards': { ids: schoolClass },
  'GET /classes/:id/assignments': { ids: schoolClass },
  'GET /classes/:id/submissions': { ids: schoolClass },

  'GET /tools': { lists: (at) => at.tool.id },
  'POST /tools': { body: (at) => ({ groupId: at.group.id, definition: CHAT }) },
  'GET /tools/:id': { ids: tool },
  'GET /tools/:id #draft': { ids: (at) => [at.draftTool.id] },
  'PATCH /tools/:id': { ids: tool, body: () => ({ definition: CHAT }), dirties: true },
  'DELETE /tools/:id': { ids: tool, dirties: true },
  'GET /tools/:id/versions': { ids: tool },
  'GET /tools/:id/versions/:version': { ids: (at) => [at.tool.id, '1'] },
  'GET /tools/:id/versions/:from/diff/:to': { ids: (at) => [at.tool.id, '1', '1'] },
  'POST /tools/:id/publish': { ids: (at) => [at.draftTool.id], body: () => ({}), dirties: true },
  'POST /tools/:id/restore': { ids: tool },
  'POST /tools/:id/fork': { ids: tool, body: (at) => ({ groupId: at.group.id }) },
  'POST /tools/:id/rollback': { ids: tool, body: () => ({ version: 1 }), dirties: true },

  'GET /assignments': { lists: (at) => at.assignment.id },
  'GET /assignments #draft': { lists: (at) => at.draftAssignment.id },
  'GET /assignments #group': {
    lists: (at) => at.assignment.id,
    query: (at) => `groupId=${at.group.id}`,
  },
  'POST /assignments': { body: (at) => ({ classId: at.schoolClass.id, toolId: at.tool.id, title: 'New' }) },
  'GET /assignments/:id': { ids: assignment },
  'GET /assignments/:id #draft': { ids: (at) => [at.draftAssignment.id] },
  'PATCH /assignments/:id': { ids: assignment, body: () => ({ title: 'New Title' }) },
  'DELETE /assignments/:id': { ids: (at) => [at.draftAssignment.id], dirties: true },
  'POST /assignments/:id/publish': { ids: (at) => [at.draftAssignment.id], dirties: true },
  'POST /assignments/:id/close': { ids: assignment, dirties: true },
  'DELETE /assignments/:id #worked': { ids: assignment },
  'POST /assignments/:id/archive': { ids: assignment, dirties: true },
  'POST /assignments/:id/restore': { ids: assignment },
  'GET /assignments/:id/overrides': { ids: assignment },
  'PUT /assignments/:id/overrides/:userId': {
    ids: (at) => [at.assignment.id, at.student.id],
    body: () => ({ excused: true }),
    dirties: true,
    personal: true,
  },
  'DELETE /assignments/:id/overrides/:userId': {
    ids: (at) => [at.assignment.id, at.student.id],
    dirties: true,
    personal: true,
  },
  'POST /assignments/:id/submissions': { ids: assignment, body: () => ({}), dirties: true },
  'GET /assignments/:id/submissions': { ids: assignment },
  'POST /assignments/:id/return': { ids: assignment, dirties: true },

  'GET /submissions': { lists: (at) => at.submitted.id, personal: true },
  'GET /submissions #returned': { lists: (at) => at.returned.id, personal: true },
  'GET /submissions #group': {
    lists: (at) => at.submitted.id,
    query: (at) => `groupId=${at.group.id}`,
    personal: true,
  },
  'GET /submissions/:id': { ids: (at) => [at.submitted.id], personal: true },
  'GET /submissions/:id #returned': { ids: (at) => [at.returned.id], personal: true },
  'PATCH /submissions/:id': {
    ids: (at) => [at.inProgress.id],
    body: () => ({ answer: 'mine' }),
    personal: true,
  },
  'POST /submissions/:id/submit': {
    ids: (at) => [at.inProgress.id],
    body: () => ({}),
    personal: true,
    dirties: true,
  },
  'POST /submissions/:id/grade': {
    ids: (at) => [at.submitted.id],
    body: () => ({ score: 5, feedback: 'Good.' }),
    personal: true,
  },
  'POST /submissions/:id/return': {
    ids: (at) => [at.submitted.id],
    body: () => ({}),
    personal: true,
    dirties: true,
  },

  'GET /sessions': { lists: (at) => at.session.id, personal: true },
  'POST /sessions': { body: (at) => ({ toolId: at.tool.id }) },
  'POST /sessions #submission': {
    body: (at) => ({ submissionId: at.inProgress.id }),
    personal: true,
    dirties: true,
  },
  'GET /sessions/:id': { ids: (at) => [at.session.id], personal: true },
  'GET /sessions/:id/messages': { ids: (at) => [at.session.id], personal: true },
  'POST /sessions/:id/messages': {
    ids: (at) => [at.session.id],
    body: () => ({ content: 'Hello' }),
    personal: true,
    dirties: true,
  },
  'GET /sessions/:id/messages/:messageId': { ids: (at) => [at.session.id, at.messageId], personal: true },
  'GET /sessions/:id/messages/:messageId/stream': {
    ids: (at) => [at.session.id, at.messageId],
    personal: true,
  },
  'POST /sessions/:id/messages/stop': { ids: (at) => [at.session.id], personal: true },
  'POST /sessions/:id/complete': { ids: (at) => [at.session.id], personal: true, dirties: true },
  'POST /sessions/:id/stop': { ids: (at) => [at.session.id], personal: true, dirties: true },

  'GET /runs': { lists: (at) => at.doneRun.id, personal: true },
  'POST /runs': { body: (at) => ({ toolId: at.productTool.id, input: { topic: 'x' } }), dirties: true },
  'GET /runs/:id': { ids: (at) => [at.doneRun.id], personal: true },
  'GET /runs/:id/result': { ids: (at) => [at.doneRun.id], personal: true },
  'POST /runs/:id/cancel': { ids: (at) => [at.queuedRun.id], personal: true, dirties: true },

  'GET /exports': { lists: (at) => at.export.id, personal: true },
  'POST /exports': {
    body: (at) => ({ kind: 'roster', format: 'csv', scope: { groupId: at.group.id } }),
    dirties: true,
  },
  'POST /exports #work': {
    body: (at) => ({ kind: 'messages', format: 'csv', scope: { classId: at.schoolClass.id } }),
    dirties: true,
  },
  'POST /exports #trail': {
    body: (at) => ({ kind: 'audit', format: 'csv', scope: { groupId: at.group.id } }),
    dirties: true,
  },
  'GET /exports/:id': { ids: (at) => [at.export.id], personal: true },
  'DELETE /exports/:id': { ids: (at) => [at.export.id], personal: true, dirties: true },
  'POST /exports/:id/link': { ids: (at) => [at.export.id], personal: true },
  'GET /exports/:id/download': { ids: (at) => [at.export.id], personal: true },

  'GET /notifications': { lists: (at) => at.notification.id, personal: true },
  'PATCH /notifications/:id': {
    ids: (at) => [at.notification.id],
    body: () => ({ read: true }),
    personal: true,
  },
  'POST /notifications/read-all': { alone: true },
  'GET /notifications/preferences': { alone: true },
  'PUT /notifications/preferences': { alone: true, body: () => PREFERENCES },
  'POST /notifications/push-subscriptions': {
    alone: true,
    body: () => ({
      endpoint: 'https://push.example.org/browser',
      keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
    }),
  },
  // A subscription that does not exist.
  'DELETE /notifications/push-subscriptions': {
    alone: true,
    body: () => ({ endpoint: 'https://push.example.org/unknown' }),
  },

  'GET /admin/ai-models': { lists: (at) => at.model.id },
  'GET /admin/ai-usage': { query: (at) => `groupId=${at.group.id}` },
  'GET /admin/ai-usage #class': { query: (at) => `classId=${at.schoolClass.id}&groupBy=user` },
  'GET /admin/ai-usage #person': { query: (at) => `userId=${at.member.id}` },
  'POST /admin/ai-models': {
    body: (at) => ({
      tenantId: at.group.tenantId,
      name: `model-${at.newcomer.id}-${Math.random()}`,
      displayName: 'Model',
    }),
  },
  'PATCH /admin/ai-models/:id': { ids: (at) => [at.model.id], body: () => ({ enabled: true }) },
  'DELETE /admin/ai-models/:id': { ids: (at) => [at.model.id], dirties: true },

  'GET /admin/audit': { lists: (at) => at.auditEvent.id },
  'GET /admin/audit/:id': { ids: (at) => [at.auditEvent.id] },

  'GET /admin/jobs': { alone: true },
  'GET /admin/jobs/workflows': { lists: (at) => at.job.id },
  'GET /admin/jobs/workflows/:id': { ids: (at) => [at.job.id] },
  'POST /admin/jobs/workflows/:id/cancel': { ids: (at) => [at.job.id] },
  'POST /admin/jobs/workflows/:id/retry': { ids: (at) => [at.job.id] },
  'GET /admin/jobs/schedules': { alone: true },
  'GET /admin/jobs/schedules/:id': { alone: true, ids: () => ['unknown'] },
  'POST /admin/jobs/schedules/:id/trigger': { alone: true, ids: () => ['unknown'] },
  'POST /admin/jobs/schedules/:id/pause': { alone: true, ids: () => ['unknown'] },
  'POST /admin/jobs/schedules/:id/unpause': { alone: true, ids: () => ['unknown'] },
};
