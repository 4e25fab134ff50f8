import type { ClassRole, GroupRole } from '../../authz/access';

/** A role in a group, or in a class. */
export type InvitedRole = GroupRole | Exclude<ClassRole, 'observer'>;

/** `expired` follows from the time: nothing happens at that moment. */
export const INVITATION_STATES = ['pending', 'accepted', 'revoked', 'expired'] as const;
export type InvitationState = (typeof INVITATION_STATES)[number];

/** An invitation as the people who manage its place see it. */
export interface Invitation {
  id: string;
  tenantId: string;
  email: string;
  role: InvitedRole;
  state: InvitationState;
  groupId: string | null;
  classId: string | null;
  /** What the group or class is called. */
  placeName: string;
  /** Where the group, or the group of the class, stands. Never shown. */
  groupPath: string;
  /** Whether its group or class is archived: then nobody can accept it. */
  isPlaceArchived: boolean;
  /** Whether the address was invited again after this one had expired. */
  isReplaced: boolean;
  /** Null if the account is gone. */
  invitedBy: string | null;
  invitedByName: string | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  createdAt: Date;
}

/** What an invitation is for. */
export type InvitationPlace =
  | { groupId: string; classId: null; tenantId: string }
  | { groupId: null; classId: string; tenantId: string };

export interface InviteInput {
  emails: readonly string[];
  role: InvitedRole;
  expiresInDays: number;
}

/** What became of one address. */
export interface InviteOutcome {
  email: string;
  outcome: 'invited' | 'already_invited' | 'already_member';
  /** Null for a member. */
  invitation: Invitation | null;
}

export interface InvitationFilters {
  state?: InvitationState | undefined;
  /** Also those of the groups below, and of all their classes. */
  below?: boolean | undefined;
}

/** What a person reads who has the link. */
export interface InvitationPreview {
  invitation: Invitation;
  school: string;
  accountExists: boolean;
}

export interface AcceptInput {
  token: string;
  name?: string | undefined;
  password?: string | undefined;
}
