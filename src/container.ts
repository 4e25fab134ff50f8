import type { DefineRules } from './authz/ability';
import { AccessRepository, AccessService } from './features/access';
import { aiRules, createAiModule } from './features/ai';
import { assignmentRules, createAssignmentsModule } from './features/assignments';
import { AuditService } from './features/audit';
import { authRules, createAuthModule } from './features/auth';
import { classRules, createClassesModule } from './features/classes';
import { createGroupsModule, groupRules } from './features/groups';
import { createRunsModule, runRules } from './features/runs';
import { createSessionsModule, sessionRules } from './features/sessions';
import { createSubmissionsModule, submissionRules } from './features/submissions';
import { createToolsModule, toolRules } from './features/tools';
import { createUsersModule, usersRules } from './features/users';
import { closePlatform, createPlatform, type PlatformOptions } from './platform/platform';

/** The permission rules of every feature. */
const RULES: readonly DefineRules[] = [
  authRules,
  usersRules,
  groupRules,
  classRules,
  assignmentRules,
  submissionRules,
  aiRules,
  toolRules,
  runRules,
  sessionRules,
];

export type ContainerOptions = PlatformOptions;

/**
 * The only composition root: the platform, then each feature in the order of their dependencies. API, worker,
 * scripts and tests are all built here and nowhere else.
 */
// oxlint-disable-next-line max-lines-per-function -- one list, read from top to bottom
export function createContainer(options: ContainerOptions) {
  const platform = createPlatform(options);
  const audit = new AuditService(platform.db);
  const access = new AccessService(new AccessRepository(platform.db), platform.bus, RULES);
  const auth = createAuthModule(platform, { access, audit });
  const users = createUsersModule(platform, {
    access,
    audit,
    sessions: auth.sessions,
    apiTokens: auth.apiTokens,
  });
  const groups = createGroupsModule(platform, { access, audit });
  const classes = createClassesModule(platform, {
    access,
    audit,
    groups: groups.finder,
    people: groups.people,
    showsPeers: async (groupId) =>
      (await groups.reader.resolvedSettings(groupId)).privacy?.showPeersInRoster === true,
  });
  const ai = createAiModule(platform, { audit });
  const tools = createToolsModule(platform, { audit });
  const assignments = createAssignmentsModule(platform, {
    audit,
    classes: classes.service,
    tools: tools.reader,
    timezoneOf: (groupId) => groups.reader.timezoneOf(groupId),
  });
  const submissions = createSubmissionsModule(platform, {
    audit,
    classes: classes.service,
    assignments: assignments.service,
  });
  const runs = createRunsModule(platform, {
    tools: tools.reader,
    submissions: submissions.reader,
    gateway: ai.gateway,
    audit,
  });
  const sessions = createSessionsModule(platform, {
    access,
    audit,
    tools: tools.reader,
    submissions: submissions.reader,
    gateway: ai.gateway,
  });

  return {
    platform,
    audit,
    access,
    auth,
    users,
    groups,
    classes,
    ai,
    tools,
    assignments,
    submissions,
    runs,
    sessions,
    /** Begins to listen for the news of other processes. */
    start: () => platform.bus.start(),
    stop: () => closePlatform(platform),
  };
}

export type Container = ReturnType<typeof createContainer>;
