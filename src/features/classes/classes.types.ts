import type { z } from 'zod';
import type { ClassRole } from '../../authz/access';
import type { RosterRow } from './classes.roster.sql';
import type { ClassRow } from './classes.sql';

export type { RosterView } from './classes.roster.sql';

/** A class; `joinCode` is null while joining by code is off. */
export type Class = z.output<typeof ClassRow>;

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
  /** The group of the tenant to which the class moves. */
  groupId?: string | undefined;
  /** Switches joining by code on (with a new code if there is none) or off. */
  joinCodeEnabled?: boolean | undefined;
  /** Creates a new code; the old one stops working. */
  regenerateJoinCode?: boolean | undefined;
}

/** A role that a class list gives. The role of observers follows from guardianship. */
export type MemberRole = Exclude<ClassRole, 'observer'>;

/** A person in a class, as the roster shows them. */
export type RosterEntry = z.output<typeof RosterRow>;

/** Which classes a list across classes has: the caller's own, or those of these that the caller may see. */
export interface ClassScope {
  classId?: string | undefined;
  /** For a group: its classes and those of the groups below it. */
  groupPath?: string | undefined;
}
