/** What a role in a group can be, strongest first. */
export const GROUP_ROLES = ['admin', 'teacher', 'staff', 'student', 'guardian'] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

export const CLASS_ROLES = ['teacher', 'assistant', 'student', 'observer'] as const;
export type ClassRole = (typeof CLASS_ROLES)[number];

/** What the database says of a person: the facts, before anything is concluded from them. */
export interface AccessFacts {
  userId: string;
  tenantId: string | null;
  isPlatformAdmin: boolean;
  groups: readonly { groupId: string; path: string; role: GroupRole }[];
  classes: readonly { classId: string; groupPath: string; role: ClassRole; isArchived?: boolean }[];
  /** Students whose results this person may read as their guardian. */
  observedStudentIds: readonly string[];
}

/**
 * What the facts amount to. Paths stand for themselves and everything below; ids for themselves alone. Lists filter
 * by these in SQL, single objects by the rules built on them.
 */
export interface Access {
  readonly userId: string;
  readonly tenantId: string | null;
  readonly isPlatformAdmin: boolean;
  /** Manages the group and all below. */
  readonly adminPaths: readonly string[];
  /** Sees the group and all below, creates classes and tools there. Admins included. */
  readonly teachPaths: readonly string[];
  /** Sees groups and classes there. Admins and teachers included. */
  readonly viewPaths: readonly string[];
  /** Groups where the person works with students: as admin, teacher or staff, or in a class there as teacher or assistant. */
  readonly educatorPaths: readonly string[];
  /** Every group the person belongs to, by membership or through a class: those and their ancestors have names for them. */
  readonly memberPaths: readonly string[];
  /** Ids of the groups of which the person is a member, in any role. */
  readonly groupIds: readonly string[];
  readonly classRoles: ReadonlyMap<string, ClassRole>;
  /** Roles in archived classes: they let the person read on, and change nothing. */
  readonly archivedClassRoles: ReadonlyMap<string, ClassRole>;
  readonly observedStudentIds: ReadonlySet<string>;
}

/** The path itself, or one below it. */
export function isPathWithin(path: string, ancestor: string): boolean {
  // Asked for every item of a list: no string is made for it.
  return path.startsWith(ancestor) && (path.length === ancestor.length || path[ancestor.length] === '.');
}

/** Drops paths that lie below another of the list. */
function outermost(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)].sort();
  return unique.filter((path) => !unique.some((other) => other !== path && isPathWithin(path, other)));
}

/** From facts to access: pure, and the only place where a role becomes a right. Rights only add up. */
export function resolveAccess(facts: AccessFacts): Access {
  const living = facts.classes.filter(({ isArchived }) => isArchived !== true);
  const archived = facts.classes.filter(({ isArchived }) => isArchived === true);
  const pathsOf = (...roles: GroupRole[]) =>
    outermost(facts.groups.filter((group) => roles.includes(group.role)).map((group) => group.path));
  return {
    userId: facts.userId,
    tenantId: facts.tenantId,
    isPlatformAdmin: facts.isPlatformAdmin,
    adminPaths: pathsOf('admin'),
    teachPaths: pathsOf('admin', 'teacher'),
    viewPaths: pathsOf('admin', 'teacher', 'staff'),
    educatorPaths: [
      ...new Set([
        ...facts.groups
          .filter(({ role }) => role === 'admin' || role === 'teacher' || role === 'staff')
          .map(({ path }) => path),
        ...living
          .filter(({ role }) => role === 'teacher' || role === 'assistant')
          .map(({ groupPath }) => groupPath),
      ]),
    ],
    memberPaths: [
      ...new Set([...facts.groups.map((group) => group.path), ...living.map((each) => each.groupPath)]),
    ],
    groupIds: [...new Set(facts.groups.map(({ groupId }) => groupId))],
    classRoles: new Map(living.map((each) => [each.classId, each.role])),
    archivedClassRoles: new Map(archived.map((each) => [each.classId, each.role])),
    observedStudentIds: new Set(facts.observedStudentIds),
  };
}

/** Whether the path lies at or below one of these. */
export function isWithinAny(path: string, ancestors: readonly string[]): boolean {
  return ancestors.some((ancestor) => isPathWithin(path, ancestor));
}

/** Whether the path lies at or above one of these. */
export function isAboveAny(path: string, descendants: readonly string[]): boolean {
  return descendants.some((descendant) => isPathWithin(descendant, path));
}

/** Whether the person administers the whole tenant: everybody in it is theirs, members of no group included. */
export function isTenantAdmin(access: Access, tenantId: string | null): boolean {
  return (
    tenantId !== null && tenantId === access.tenantId && access.adminPaths.some((path) => !path.includes('.'))
  );
}

/** Ids of the classes in which the person has one of these roles. */
export function classIdsWithRole(access: Access, ...roles: ClassRole[]): string[] {
  return [...access.classRoles].filter(([, role]) => roles.includes(role)).map(([id]) => id);
}

/** The role by which the person reads what is in a class, archived or not. What changes something asks `classRoles`. */
export function readingRoleIn(access: Access, classId: string): ClassRole | undefined {
  return access.classRoles.get(classId) ?? access.archivedClassRoles.get(classId);
}

/** Ids of the classes, archived ones included, in which the person reads by one of these roles. */
export function classIdsReadAs(access: Access, ...roles: ClassRole[]): string[] {
  return [...access.classRoles, ...access.archivedClassRoles]
    .filter(([, role]) => roles.includes(role))
    .map(([id]) => id);
}
