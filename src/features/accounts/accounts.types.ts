import type { GroupRole } from '../../authz/access';
import type { PlacedUser } from '../users';

/** How a new person gets in: with a start password that is shown once, with a link in a mail, or not yet. */
export type FirstAccess = 'start_password' | 'invitation' | 'none';

export interface CreateUserInput {
  name: string;
  email?: string | undefined;
  username?: string | undefined;
  groupId: string;
  role: GroupRole;
  classIds: readonly string[];
  access: FirstAccess;
}

/** The details that a person needs to sign in. */
export interface Handover {
  user: PlacedUser;
  /** Null for a person without a district. */
  districtCode: string | null;
  /** Shown only this once. Null for a person who gets no access yet. */
  startPassword: string | null;
}
