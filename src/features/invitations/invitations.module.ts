import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { AccountsService, LinkLimits } from '../auth';
import type { ClassesService, RosterService } from '../classes';
import type { GroupsModule } from '../groups';
import type { AccountMails } from '../mails';
import { AcceptanceService } from './invitations.acceptance.service';
import { InvitationsController } from './invitations.controller';
import { InvitationsRepository } from './invitations.repository';
import { InvitationsRetentionService } from './invitations.retention.service';
import { invitationRoutes } from './invitations.routes';
import { InvitationsService } from './invitations.service';

export interface InvitationsModuleDeps {
  access: AccessService;
  audit: AuditService;
  auth: { accounts: AccountsService; linkLimits: LinkLimits };
  groups: Pick<GroupsModule, 'finder' | 'reader' | 'members'>;
  classes: { service: ClassesService; roster: RosterService };
  mails: { service: AccountMails };
}

/** Inviting people to groups and classes, and accepting. */
export function createInvitationsModule(platform: Platform, deps: InvitationsModuleDeps) {
  const { access, audit, auth, classes, groups, mails } = deps;
  const invitations = new InvitationsRepository(platform.db, platform.lists);
  const service = new InvitationsService({
    ...{ platform, invitations, audit },
    groups: groups.finder,
    classes: classes.service,
    mails: mails.service,
  });
  const acceptance = new AcceptanceService({
    ...{ platform, invitations, access, audit },
    accounts: auth.accounts,
    limits: auth.linkLimits,
    groups: groups.reader,
    members: groups.members,
    roster: classes.roster,
  });
  return {
    routes: invitationRoutes(new InvitationsController(service, acceptance)),
    service,
    retention: new InvitationsRetentionService({
      ...{ invitations, clock: platform.clock },
      keptDays: platform.config.RETENTION_TOKENS_DAYS,
    }),
  };
}
