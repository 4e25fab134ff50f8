import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class InvitationNotFoundError extends NotFoundError {
  constructor() {
    super('invitation.not_found', 'There is no such invitation, or you may not see it.');
  }
}

/** Why an invitation cannot be accepted, resent or revoked. */
export const INVITATION_CONFLICTS = {
  'invitation.accepted': 'This invitation was accepted already.',
  'invitation.revoked': 'This invitation was revoked. Ask for a new one.',
  'invitation.expired': 'This invitation has expired. Ask for a new one.',
  'invitation.place_archived': 'The group or class is archived. Ask your school to restore it first.',
  'invitation.lapsed':
    'The person who invited you may no longer give this role. Ask your school for a new invitation.',
  'invitation.other_tenant':
    'Your account belongs to another district. Ask to be invited with another e-mail address.',
  'invitation.other_address':
    'This invitation is for another e-mail address. Sign in with that account, or ask to be invited with your address.',
  'invitation.platform_admin':
    'The account of a platform administrator cannot join a district by invitation.',
  'invitation.sign_in_required': 'You have an account with this e-mail address. Sign in, then accept.',
  'invitation.role_taken':
    'You have another role here already. Ask an administrator of the group to change it.',
} as const;

export type InvitationConflict = keyof typeof INVITATION_CONFLICTS;

export class InvitationConflictError extends ConflictError {
  constructor(reason: InvitationConflict) {
    super(reason, INVITATION_CONFLICTS[reason]);
  }
}

export class InvitedRoleTooHighError extends ForbiddenError {
  constructor() {
    super(
      'invitation.role_too_high',
      'You cannot give a role that is more than your own. Ask an administrator of the group.',
    );
  }
}

export class NamesMissingError extends InvalidInputError {
  constructor(fields: readonly string[]) {
    super('Send a name and a password to create your account.', {
      reason: 'invitation.account_needed',
      issues: fields.map((field) => ({
        path: `body.${field}`,
        reason: 'required',
        message: 'is needed to create the account',
      })),
    });
  }
}
