import { AccessRepository, AccessService } from './features/access';
import { createAccountsModule } from './features/accounts';
import { createAiModule } from './features/ai';
import { createAssignmentReminders, createAssignmentsModule } from './features/assignments';
import { AuditRepository, AuditService, createAuditTrailModule } from './features/audit';
import { createAuthModule } from './features/auth';
import { createClassesModule } from './features/classes';
import { createExportsModule, exportDataContract } from './features/exports';
import { createGroupsModule } from './features/groups';
import { createInvitationsModule } from './features/invitations';
import { createJobsModule } from './features/jobs';
import { createMailsModule, sendAccountMailContract } from './features/mails';
import { createNotificationsModule, deliverNotificationContract } from './features/notifications';
import { createReportsModule } from './features/reports';
import { createRunsModule, runToolContract } from './features/runs';
import { createSessionsModule } from './features/sessions';
import { createSubmissionsModule } from './features/submissions';
import { createToolsModule } from './features/tools';
import { createUsageModule } from './features/usage';
import { createUsersModule } from './features/users';
import { PlatformRetention } from './platform/db/retention';
import { closePlatform, createPlatform, type PlatformOptions } from './platform/platform';
import { OrphanedFiles } from './platform/storage/storage.orphans';
import { RULES } from './rules';

export interface ContainerOptions extends PlatformOptions {
  /** Emits no events: for data that plays the past. */
  isSilent?: boolean;
}

/**
 * The only composition root: first the platform, then each feature in dependency order. The API, the
 * worker, scripts and tests are all built here.
 */
// oxlint-disable-next-line max-lines-per-function -- one list, read from top to bottom
export function createContainer(options: ContainerOptions) {
  const platform = createPlatform(options);
  const audit = new AuditService(new AuditRepository(platform.db));
  const access = new AccessService(new AccessRepository(platform.db), platform.bus, RULES);
  const mails = createMailsModule(platform, {
    lookOf: (tenantId) => groups.reader.mailLook(tenantId),
  });
  const auth = createAuthModule(platform, { access, audit, mails });
  const users = createUsersModule(platform, {
    access,
    audit,
    sessions: auth.sessions,
    apiTokens: auth.apiTokens,
    mails,
  });
  const auditTrail = createAuditTrailModule(platform, { people: users.service });
  const groups = createGroupsModule(platform, { access, audit });
  const classes = createClassesModule(platform, {
    access,
    audit,
    groups: groups.finder,
    people: groups.people,
    members: groups.members,
    grounds: groups.grounds,
    showsPeers: async (groupId) =>
      (await groups.reader.resolvedSettings(groupId)).privacy?.showPeersInRoster === true,
  });
  const accounts = createAccountsModule(platform, {
    startPasswords: auth.startPasswords,
    users: users.service,
    groups: groups.finder,
    members: groups.members,
    grounds: groups.grounds,
    classes: classes.service,
    roster: classes.roster,
    cards: auth.cards,
    reader: groups.reader,
    audit,
    mails: mails.service,
  });
  const invitations = createInvitationsModule(platform, { access, audit, auth, groups, classes, mails });
  const notifications = createNotificationsModule(platform, {
    audit,
    groups: groups.reader,
    isSilent: options.isSilent === true,
  });
  const { notify } = notifications;
  const ai = createAiModule(platform, {
    audit,
    limits: {
      limitsOf: async (groupId) => (await groups.reader.resolvedSettings(groupId)).ai ?? {},
      groupIdsOf: async (userId) => (await access.findPerson(userId))?.access.groupIds ?? [],
    },
    tellFault: ({ tenantId, fault, day }) =>
      notify.emit({
        event: fault === 'quota' ? 'ai.quota_exhausted' : 'ai.misconfigured',
        tenantId,
        subjectId: tenantId,
        occurrence: `${day} ${fault}`,
      }),
  });
  const usage = createUsageModule(platform, {
    groups: groups.finder,
    classes: classes.service,
    people: users.service,
  });
  const tools = createToolsModule(platform, { audit, isUsableModel: ai.isUsableModel });
  const assignments = createAssignmentsModule(platform, {
    audit,
    notify,
    classes: classes.service,
    tools: tools.reader,
    timezoneOf: (groupId) => groups.reader.timezoneOf(groupId),
  });
  const reminders = createAssignmentReminders(platform, {
    leadHoursOf: async (groupId) =>
      (await groups.reader.resolvedSettings(groupId)).reminderHours ?? platform.config.REMINDER_LEAD_HOURS,
    notify,
  });
  const submissions = createSubmissionsModule(platform, {
    audit,
    notify,
    classes: classes.service,
    assignments: assignments.service,
    overrides: assignments.overrides,
    timezoneOf: (groupId) => groups.reader.timezoneOf(groupId),
  });
  const runs = createRunsModule(platform, {
    tools: tools.reader,
    submissions: submissions.reader,
    gateway: ai.gateway,
    limits: ai.limits,
    audit,
  });
  const sessions = createSessionsModule(platform, {
    access,
    audit,
    tools: tools.reader,
    submissions: submissions.reader,
    gateway: ai.gateway,
    limits: ai.limits,
  });

  const jobs = createJobsModule(platform, {
    audit,
    contracts: [runToolContract, exportDataContract, deliverNotificationContract, sendAccountMailContract],
  });
  const { reports } = createReportsModule(platform, { groups: groups.reader });
  const exports = createExportsModule(platform, {
    access,
    audit,
    auditNames: auditTrail.names,
    classes: classes.service,
    groups: groups.finder,
    usage: usage.reader,
    reports,
    timezoneOf: (groupId) => groups.reader.timezoneOf(groupId),
    onReady: ({ id, tenantId, requestedBy }) =>
      notify.emit({ event: 'export.ready', tenantId, subjectId: id, userIds: [requestedBy] }),
  });

  return {
    platform,
    temporaryFiles: {
      exports: exports.cleanup,
      orphans: new OrphanedFiles(platform.storage, [exports.owner]),
    },
    retention: new PlatformRetention(platform.db, { jobsKeptDays: platform.config.RETENTION_OUTBOX_DAYS }),
    audit,
    auditTrail,
    access,
    auth,
    users,
    groups,
    classes,
    accounts,
    ai,
    usage,
    tools,
    notifications,
    mails,
    invitations,
    assignments,
    reminders,
    submissions,
    runs,
    sessions,
    reports,
    exports,
    jobs,
    /** Starts to listen for notices from other processes. */
    start: () => platform.bus.start(),
    stop: () => closePlatform(platform),
  };
}

export type Container = ReturnType<typeof createContainer>;
