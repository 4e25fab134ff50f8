import { API_BASE } from '../../http/base';
import type { Accepted } from './invitations.acceptance.service';
import type { Invitation, InvitationPreview, InviteOutcome } from './invitations.types';

/** A reader of an invitation manages its place, and so may end it. */
export function presentInvitation(invitation: Invitation, canResend: boolean) {
  const { id, email, role, state, groupId, classId, placeName, invitedBy, invitedByName } = invitation;
  const placeId = classId ?? groupId ?? '';
  const type = classId === null ? 'group' : 'class';
  return {
    ...{ id, email, role, state },
    place: { type, id: placeId, name: placeName },
    invitedBy: invitedBy === null ? null : { userId: invitedBy, name: invitedByName ?? '' },
    expiresAt: invitation.expiresAt.toISOString(),
    acceptedAt: invitation.acceptedAt?.toISOString() ?? null,
    createdAt: invitation.createdAt.toISOString(),
    links: {
      self: `${API_BASE}/invitations/${id}`,
      place: classId === null ? `${API_BASE}/groups/${placeId}` : `${API_BASE}/classes/${placeId}`,
    },
    can: { resend: canResend, revoke: state === 'pending' },
  };
}

export const presentOutcomes = (
  outcomes: readonly InviteOutcome[],
  canResend: (invitation: Invitation) => boolean,
) => ({
  results: outcomes.map(({ email, outcome, invitation }) => ({
    ...{ email, outcome },
    invitation: invitation === null ? null : presentInvitation(invitation, canResend(invitation)),
  })),
});

export function presentPreview({ invitation, school, accountExists }: InvitationPreview) {
  const { email, role, classId, placeName, invitedByName, expiresAt } = invitation;
  return {
    ...{ email, role, school, accountExists },
    place: { type: classId === null ? 'group' : 'class', name: placeName },
    invitedBy: invitedByName,
    expiresAt: expiresAt.toISOString(),
  };
}

export function presentAccepted({ invitation, userId, accountCreated }: Accepted) {
  const { tenantId, role, groupId, classId } = invitation;
  return { userId, tenantId, role, groupId, classId, accountCreated };
}
