import type { Principal } from '../../authz/ability';
import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import {
  lockActiveTeachers,
  ROSTER_FROM,
  ROSTER_SORTS,
  type RosterFilters,
  RosterRow,
  rosterColumns,
  rosterConditions,
  selectRosterEntry,
} from './classes.roster.sql';
import type { MemberRole, RosterEntry, RosterView } from './classes.types';

export type { RosterFilters } from './classes.roster.sql';

const keyOf = (classId: string, userId: string) => ({ classId_userId: { classId, userId } });

/** Stores who is in a class: its members, and the guardians of its students as observers. */
export class RosterRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /**
   * Lists the people of a class in one statement. It is also empty if the caller has no access to the
   * class.
   */
  async list(
    principal: Principal,
    classId: string,
    view: RosterView,
    { filters, sort, page }: ListQuery<RosterFilters>,
  ): Promise<Page<RosterEntry>> {
    return this.lists.list({
      columns: rosterColumns(view.kind === 'everybody'),
      from: ROSTER_FROM,
      where: rosterConditions(principal, classId, view, filters),
      id: sql`u.id`,
      row: RosterRow,
      page,
      sort: sortBy(ROSTER_SORTS, sort),
    });
  }

  async find(classId: string, userId: string): Promise<RosterEntry | null> {
    return this.db.row(selectRosterEntry(classId, userId), RosterRow);
  }

  /** @returns false if the person is already in the class, in any role */
  async insert(classId: string, userId: string, role: MemberRole): Promise<boolean> {
    const data = { id: newId(), classId, userId, role };
    return (await this.db.prisma.classMember.createMany({ data, skipDuplicates: true })).count === 1;
  }

  /** @returns the previous role, or null if the person is not in the class */
  async updateRole(classId: string, userId: string, role: MemberRole): Promise<MemberRole | null> {
    const { prisma } = this.db;
    const before = await prisma.classMember.lock({ where: { classId, userId }, select: { role: true } });
    if (before === null) return null;
    await prisma.classMember.update({ where: keyOf(classId, userId), data: { role }, select: { id: true } });
    return before.role;
  }

  /** @returns the person's role, or null if they were not in the class */
  async remove(classId: string, userId: string): Promise<MemberRole | null> {
    const { prisma } = this.db;
    const before = await prisma.classMember.lock({ where: { classId, userId }, select: { role: true } });
    if (before !== null) await prisma.classMember.deleteMany({ where: { classId, userId } });
    return before?.role ?? null;
  }

  /** Locks the active teachers, so that two of them cannot leave at the same moment. */
  async lockActiveTeachers(classId: string): Promise<void> {
    await this.db.rows(lockActiveTeachers(classId), IdRow);
  }

  /** Records that another user removed the person: the class code alone then does not let them in again. */
  async rememberRemoval(classId: string, userId: string, removedBy: string): Promise<void> {
    const data = { id: newId(), classId, userId, removedBy };
    await this.db.prisma.classRemoval.createMany({ data, skipDuplicates: true });
  }

  async forgetRemoval(classId: string, userId: string): Promise<void> {
    await this.db.prisma.classRemoval.deleteMany({ where: { classId, userId } });
  }

  async wasRemoved(classId: string, userId: string): Promise<boolean> {
    return (await this.db.prisma.classRemoval.count({ where: { classId, userId } })) > 0;
  }
}
