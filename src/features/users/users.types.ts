import type { ClassRole, GroupRole } from '../../authz/access';

export type UserStatus = 'active' | 'deactivated';

export interface User {
  id: string;
  tenantId: string | null;
  email: string;
  name: string;
  locale: string | null;
  status: UserStatus;
  isPlatformAdmin: boolean;
  lastLoginAt: Date | null;
  deactivatedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  revision: number;
}

/** A person with the places they belong to: what decides who may see and manage them. */
export interface PlacedUser extends User {
  /** Paths of their groups, and of the groups of their classes. */
  groupPaths: readonly string[];
  classIds: readonly string[];
}

/** The caller's own account with everything that they belong to. */
export interface Me extends User {
  groups: readonly { id: string; name: string; kind: string; role: GroupRole }[];
  classes: readonly { id: string; name: string; groupId: string; role: ClassRole }[];
}

export interface UserFilters {
  tenantId?: string | undefined;
  q?: string | undefined;
  status?: UserStatus | undefined;
  role?: GroupRole | ClassRole | undefined;
  updatedSince?: Date | undefined;
}

/** What is absent stays as it is. */
export interface UpdateUserInput {
  name?: string | undefined;
  locale?: string | null | undefined;
  email?: string | undefined;
}

/** Somebody who reads the returned work of a student. */
export interface Guardian {
  userId: string;
  name: string;
  email: string;
  status: UserStatus;
  /** Whether the link counts just now: both are active members of the tenant. */
  isActive: boolean;
  since: Date;
}

/** A person as a request names them. */
export type GuardianRef = { userId: string } | { email: string };
