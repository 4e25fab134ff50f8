import type { ClassRole, GroupRole } from '../authz/access';

export const GROUPS = ['root', 'north', 'south', 'department'] as const;
export type GroupName = (typeof GROUPS)[number];
export const CLASSES = ['inNorth', 'inSouth', 'inDepartment'] as const;
export type ClassName = (typeof CLASSES)[number];

/** What a person may do, by names. */
export interface Rights {
  manages: string[];
  views: string[];
  classRoles: string[];
  archivedClassRoles: string[];
  observes: string[];
}

interface ClassEntry {
  person: number;
  schoolClass: ClassName;
  role: ClassRole;
}

const isStudent = (role: string): boolean => role === 'student';

/**
 * What people may do, computed only from the grounds: memberships, class lists, guardianships, and what is
 * archived or deactivated. It uses no paths, caches or SQL.
 */
export class RightsModel {
  readonly parents: Record<GroupName, GroupName | null> = {
    root: null,
    north: 'root',
    south: 'root',
    department: 'north',
  };
  readonly places: Record<ClassName, GroupName> = {
    inNorth: 'north',
    inSouth: 'south',
    inDepartment: 'department',
  };
  /** For each archived group, the group whose archiving took it along. */
  readonly archivedBy = new Map<GroupName, GroupName>();
  readonly archivedClasses = new Set<ClassName>();
  readonly inactive = new Set<number>();
  memberships: { person: number; group: GroupName; role: GroupRole }[] = [];
  classEntries: ClassEntry[] = [];
  guardians: { guardian: number; student: number }[] = [];

  above(group: GroupName): GroupName[] {
    const parent = this.parents[group];
    return parent === null ? [group] : [group, ...this.above(parent)];
  }

  isAlive(group: GroupName): boolean {
    return !this.archivedBy.has(group);
  }

  /** Whether a membership is a ground for this role. */
  carries(person: number, schoolClass: ClassName, role: string): boolean {
    const place = this.places[schoolClass];
    return this.memberships.some(
      (each) =>
        each.person === person &&
        each.role !== 'guardian' &&
        isStudent(each.role) === isStudent(role) &&
        (this.above(place).includes(each.group) || this.above(each.group).includes(place)),
    );
  }

  /** A class role without any ground has ended for good. */
  endWhatRestsOnNothing(): void {
    this.classEntries = this.classEntries.filter(({ person, schoolClass, role }) =>
      this.carries(person, schoolClass, role),
    );
  }

  private belongs(person: number): boolean {
    return (
      !this.inactive.has(person) &&
      this.memberships.some((each) => each.person === person && this.isAlive(each.group))
    );
  }

  private rolesIn(person: number): { schoolClass: ClassName; role: ClassRole }[] {
    const own = this.classEntries.filter((each) => each.person === person);
    const asGuardian = CLASSES.filter(
      (schoolClass) =>
        !own.some((each) => each.schoolClass === schoolClass) &&
        this.classEntries.some(
          (each) =>
            each.schoolClass === schoolClass &&
            isStudent(each.role) &&
            this.observedBy(person).includes(each.person),
        ),
    );
    const roles = [...own, ...asGuardian.map((schoolClass) => ({ schoolClass, role: 'observer' as const }))];
    return roles.filter(({ schoolClass }) => this.isAlive(this.places[schoolClass]));
  }

  private observedBy(person: number): number[] {
    return this.guardians
      .filter(
        ({ guardian, student }) => guardian === person && this.belongs(guardian) && this.belongs(student),
      )
      .map(({ student }) => student);
  }

  rightsOf(person: number): Rights {
    const reach = (...roles: GroupRole[]) =>
      GROUPS.filter(
        (group) =>
          this.isAlive(group) &&
          this.memberships.some(
            (each) =>
              each.person === person &&
              roles.includes(each.role) &&
              this.isAlive(each.group) &&
              this.above(group).includes(each.group),
          ),
      );
    const roles = (archived: boolean) =>
      this.rolesIn(person)
        .filter(({ schoolClass }) => this.archivedClasses.has(schoolClass) === archived)
        .map(({ schoolClass, role }) => `${schoolClass} ${role}`)
        .toSorted();
    return {
      manages: reach('admin'),
      views: reach('admin', 'teacher', 'staff'),
      classRoles: roles(false),
      archivedClassRoles: roles(true),
      observes: this.observedBy(person).map(String).toSorted(),
    };
  }
}
