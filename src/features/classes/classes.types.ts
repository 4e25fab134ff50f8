import type { ClassRole } from '../../authz/access';

export interface Class {
  id: string;
  tenantId: string;
  groupId: string;
  groupName: string;
  /** Where its group stands in the tree; never shown. */
  groupPath: string;
  name: string;
  subject: string | null;
  description: string | null;
  /** Null while joining by code is switched off. */
  joinCode: string | null;
  studentCount: number;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}

export interface CreateClassInput {
  groupId: string;
  name: string;
  subject?: string | null | undefined;
  description?: string | null | undefined;
}

export interface UpdateClassInput {
  name?: string | undefined;
  subject?: string | null | undefined;
  description?: string | null | undefined;
  /** The group of the tenant that the class moves to. */
  groupId?: string | undefined;
  /** Switches joining by code on (with a new code, if there is none) or off. */
  joinCodeEnabled?: boolean | undefined;
  /** Makes a new code; the old one stops working. */
  regenerateJoinCode?: boolean | undefined;
}

/** A person in a class, as the roster shows them. */
export interface RosterEntry {
  userId: string;
  name: string;
  /** Null for callers who may not see addresses. */
  email: string | null;
  status: 'active' | 'deactivated';
  role: ClassRole;
  joinedAt: Date;
  /** Of an observer: the students of the class whose returned results they read. */
  observedStudentIds: string[];
  /** Where the group of the class stands; never shown. */
  groupPath: string;
  /** Whether the class is archived; never shown. */
  isClassArchived: boolean;
}

/** Who of a roster the caller sees: everybody with addresses, or teachers and some people by id. */
export type RosterView =
  | { kind: 'everybody' }
  | { kind: 'limited'; userIds: readonly string[]; peers: boolean };
