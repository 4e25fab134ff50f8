export { createInvitationsModule } from './invitations.module';
export { invitationRules } from './invitations.policy';
export type { InvitationsRetentionService } from './invitations.retention.service';
