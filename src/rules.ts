import type { DefineRules } from './authz/ability';
import { accountRules } from './features/accounts';
import { aiRules } from './features/ai';
import { assignmentRules } from './features/assignments';
import { auditRules } from './features/audit';
import { authRules } from './features/auth';
import { classRules } from './features/classes';
import { exportRules } from './features/exports';
import { groupRules } from './features/groups';
import { invitationRules } from './features/invitations';
import { jobRules } from './features/jobs';
import { notificationRules } from './features/notifications';
import { runRules } from './features/runs';
import { sessionRules } from './features/sessions';
import { submissionRules } from './features/submissions';
import { toolRules } from './features/tools';
import { usageRules } from './features/usage';
import { usersRules } from './features/users';

/** The permission rules of every feature. */
export const RULES: readonly DefineRules[] = [
  authRules,
  usersRules,
  accountRules,
  groupRules,
  classRules,
  invitationRules,
  assignmentRules,
  submissionRules,
  aiRules,
  toolRules,
  runRules,
  sessionRules,
  usageRules,
  auditRules,
  jobRules,
  exportRules,
  notificationRules,
];
