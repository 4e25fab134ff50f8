/** The roles in a group, strongest first. */
export const GROUP_ROLES = ['admin', 'teacher', 'staff', 'student', 'guardian'] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

export const CLASS_ROLES = ['teacher', 'assistant', 'student', 'observer'] as const;
export type ClassRole = (typeof CLASS_ROLES)[number];

/** The facts about a person in the database, before any conclusion. */
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
 * The rights that follow from the facts. A path includes everything below it; an id only itself. Lists
 * filter by these in SQL, and the rules for single objects use them, too.
 */
export interface Access {
  readonly userId: string;
  readonly tenantId: string | null;
  readonly isPlatformAdmin: boolean;
  /** Manages these groups and all groups below. */
  readonly adminPaths: readonly string[];
  /** Sees these groups and all below, and may create classes and tools there. Includes `adminPaths`. */
  readonly teachPaths: readonly string[];
  /** Sees groups and classes there. Includes `teachPaths`. */
  readonly viewPaths: readonly string[];
  /**
   * Groups in which the person works with students: as admin, teacher or staff, or in a class there as
   * teacher or assistant.
   */
  readonly educatorPaths: readonly string[];
  /**
   * Every group to which the person belongs, by membership or through a class. The names of these groups
   * and of their ancestors are visible to them.
   */
  readonly memberPaths: readonly string[];
  /** Ids of the groups of which the person is a member, in any role. */
  readonly groupIds: readonly string[];
  readonly classRoles: ReadonlyMap<string, ClassRole>;
  /** Roles in archived classes: they allow reading, but no changes. */
  readonly archivedClassRoles: ReadonlyMap<string, ClassRole>;
  readonly observedStudentIds: ReadonlySet<string>;
}

/** Whether the path is the ancestor itself or below it. */
export function isPathWithin(path: string, ancestor: string): boolean {
  // This runs for every item of a list, so it allocates no string.
  return path.startsWith(ancestor) && (path.length === ancestor.length || path[ancestor.length] === '.');
}

/** Removes paths that are below another path of the list. */
function outermost(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)].sort();
  return unique.filter((path) => !unique.some((other) => other !== path && isPathWithin(path, other)));
}

/**
 * Derives access from facts. It is pure, and the only place where a role becomes a right; rights only add
 * up.
 */
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

/** Whether the path is at or below one of these. */
export function isWithinAny(path: string, ancestors: readonly string[]): boolean {
  return ancestors.some((ancestor) => isPathWithin(path, ancestor));
}

/** Whether the path is at or above one of these. */
export function isAboveAny(path: string, descendants: readonly string[]): boolean {
  return descendants.some((descendant) => isPathWithin(descendant, path));
}

/** Whether one of these paths is the root of a tenant, so that they cover all of its groups. */
export const includesRoot = (paths: readonly string[]): boolean => paths.some((path) => !path.includes('.'));

/** Whether the person administers the whole tenant, including users who belong to no group. */
export function isTenantAdmin(access: Access, tenantId: string | null): boolean {
  return tenantId !== null && tenantId === access.tenantId && includesRoot(access.adminPaths);
}

/** Ids of the classes in which the person has one of these roles. */
export function classIdsWithRole(access: Access, ...roles: ClassRole[]): string[] {
  return [...access.classRoles].filter(([, role]) => roles.includes(role)).map(([id]) => id);
}

/**
 * The role with which the person reads the content of a class, archived or not. Changes need a role in
 * `classRoles`.
 */
export function readingRoleIn(access: Access, classId: string): ClassRole | undefined {
  return access.classRoles.get(classId) ?? access.archivedClassRoles.get(classId);
}

/** Ids of the classes, including archived ones, that the person reads with one of these roles. */
export function classIdsReadAs(access: Access, ...roles: ClassRole[]): string[] {
  return [...access.classRoles, ...access.archivedClassRoles]
    .filter(([, role]) => roles.includes(role))
    .map(([id]) => id);
}
