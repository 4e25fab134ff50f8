import type { z } from 'zod';
import type { ClassRole, GroupRole } from '../../authz/access';
import type { GuardianRow } from './guardians/users.guardians.sql';
import type { AccountRow, PlacedUserRow, UserRow } from './users.sql';

export type { UserFilters } from './users.sql';

export type UserStatus = 'active' | 'deactivated';

export type User = z.output<typeof UserRow>;
export type Account = z.output<typeof AccountRow>;
export type PlacedUser = z.output<typeof PlacedUserRow>;

/** The caller's own account with everything to which they belong. */
export interface Me extends Account {
  groups: readonly { id: string; name: string; kind: string; role: GroupRole }[];
  classes: readonly { id: string; name: string; groupId: string; role: ClassRole }[];
}

/** Absent fields stay as they are. */
export interface UpdateUserInput {
  name?: string | undefined;
  locale?: string | null | undefined;
  email?: string | undefined;
  username?: string | null | undefined;
}

/** The same with what follows from it. */
export interface UserChanges extends UpdateUserInput {
  emailVerifiedAt?: Date | undefined;
}

/** A user who reads a student's returned work. */
export type Guardian = z.output<typeof GuardianRow>;

/** A person, as a request names them. */
export type GuardianRef = { userId: string } | { email: string };
