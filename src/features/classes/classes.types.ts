import type { z } from 'zod';
import type { ClassRole } from '../../authz/access';
import type { RosterRow } from './classes.roster.sql';
import type { ClassRow } from './classes.sql';

/** A class; `joinCode` is null while joining by code is switched off. */
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
  /** The group of the tenant that the class moves to. */
  groupId?: string | undefined;
  /** Switches joining by code on (with a new code, if there is none) or off. */
  joinCodeEnabled?: boolean | undefined;
  /** Makes a new code; the old one stops working. */
  regenerateJoinCode?: boolean | undefined;
}

/** A role that a list of a class gives. Observers follow from guardianship. */
export type MemberRole = Exclude<ClassRole, 'observer'>;

/** A person in a class, as the roster shows them. */
export type RosterEntry = z.output<typeof RosterRow>;

/** Who of a roster the caller sees: everybody with addresses, or teachers and some people by id. */
export type RosterView =
  | { kind: 'everybody' }
  | { kind: 'limited'; userIds: readonly string[]; peers: boolean };

/** Of which classes a list across classes is: those of the caller, or what of these the caller may see. */
export interface ClassScope {
  classId?: string | undefined;
  /** Of a group: its classes and those of the groups below it. */
  groupPath?: string | undefined;
}
