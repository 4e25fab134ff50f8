/**
 * Every action of the API, with the scope that an API token needs for it. A route names its action, the
 * service checks it, and the permission matrix in the tests lists who may do it.
 */
export const ACTIONS = {
  'account.read': 'account:read',
  'account.update': 'account:write',

  'user.create': 'users:write',
  'user.list': 'users:read',
  'user.read': 'users:read',
  'user.read_account': 'users:read',
  'user.read_guardians': 'users:read',
  'user.manage_guardians': 'users:write',
  'user.update': 'users:write',
  'user.change_email': 'users:write',
  'user.reset_password': 'users:write',
  'user.deactivate': 'users:write',
  'user.read_sign_ins': 'users:read',
  'user.manage_sign_ins': 'users:write',

  'group.read': 'groups:read',
  'group.read_settings': 'groups:read',
  'group.list_members': 'groups:read',
  'group.create': 'groups:write',
  'group.update': 'groups:write',
  'group.move': 'groups:write',
  'group.archive': 'groups:write',
  'group.restore': 'groups:write',
  'group.manage_members': 'groups:write',
  'group.list_invitations': 'groups:read',
  'group.invite': 'groups:write',

  'class.read': 'classes:read',
  'class.read_roster': 'classes:read',
  'class.read_everybody': 'classes:read',
  'class.create': 'classes:write',
  'class.update': 'classes:write',
  'class.move': 'classes:write',
  'class.archive': 'classes:write',
  'class.restore': 'classes:write',
  'class.manage_members': 'classes:write',
  'class.manage_teachers': 'classes:write',
  'class.join': 'classes:write',
  'class.print_login_cards': 'users:write',
  'class.list_invitations': 'classes:read',
  'class.invite': 'classes:write',

  'invitation.manage': 'invitations:write',

  'tool.read': 'tools:read',
  'tool.read_versions': 'tools:read',
  'tool.read_behavior': 'tools:read',
  'tool.create': 'tools:write',
  'tool.update': 'tools:write',
  'tool.publish': 'tools:write',
  'tool.archive': 'tools:write',
  'tool.restore': 'tools:write',
  'tool.fork': 'tools:write',
  'tool.use': 'work:write',

  'assignment.read': 'assignments:read',
  'assignment.read_content': 'assignments:read',
  'assignment.create': 'assignments:write',
  'assignment.update': 'assignments:write',
  'assignment.override': 'assignments:write',
  'assignment.archive': 'assignments:write',
  'assignment.restore': 'assignments:write',
  'assignment.delete': 'assignments:write',

  'submission.create': 'work:write',
  'submission.read': 'work:read',
  'submission.read_answer': 'work:read',
  'submission.list': 'work:read',
  'submission.update': 'work:write',
  'submission.submit': 'work:write',
  'submission.grade': 'grading:write',
  'submission.return': 'grading:write',

  'session.create': 'work:write',
  'session.read': 'work:read',
  'session.write': 'work:write',
  'session.stop': 'work:write',

  'run.create': 'work:write',
  'run.read': 'work:read',
  'run.cancel': 'work:write',

  'export.list': 'exports:read',
  'export.read': 'exports:read',
  'export.download': 'exports:read',
  'export.create': 'exports:write',
  'export.delete': 'exports:write',

  'notification.read': 'notifications:read',
  'notification.update': 'notifications:write',

  'model.read': 'ai:read',
  'model.manage': 'ai:write',

  'usage.read': 'ai:read',

  'audit.read': 'audit:read',

  'job.read': 'jobs:read',
  'job.manage': 'jobs:write',
  'schedule.read': 'jobs:read',
  'schedule.manage': 'jobs:write',
} as const;

export type Action = keyof typeof ACTIONS;
export type Scope = (typeof ACTIONS)[Action];

/** Every scope that an API token can have. */
export const SCOPES = [...new Set(Object.values(ACTIONS))].sort() as readonly Scope[];

/** Whether the action only reads, which is also allowed on archived objects. */
export const isReading = (action: Action): boolean => ACTIONS[action].endsWith(':read');
