import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page, PageRequest, SortOrder } from '../../shared/pages';
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

const IdRow = z.object({ id: z.string() });

export interface RosterOrder {
  sort: SortOrder;
  page: PageRequest;
}

const keyOf = (classId: string, userId: string) => ({ classId_userId: { classId, userId } });

/** Who is in a class: its members, and as observers the guardians of its students. */
export class RosterRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The people of a class, in one statement. Empty also if the caller has nothing to do with it. */
  async list(
    principal: Principal,
    classId: string,
    view: RosterView,
    filters: RosterFilters,
    order: RosterOrder,
  ): Promise<Page<RosterEntry>> {
    return this.lists.list({
      columns: rosterColumns(view.kind === 'everybody'),
      from: ROSTER_FROM,
      where: rosterConditions(principal, classId, view, filters),
      id: sql`u.id`,
      row: RosterRow,
      ...order,
      sort: sortBy(ROSTER_SORTS, order.sort),
    });
  }

  async find(classId: string, userId: string): Promise<RosterEntry | null> {
    return this.db.row(selectRosterEntry(classId, userId), RosterRow);
  }

  /** @returns false if the person is in the class already, in whatever role. */
  async insert(classId: string, userId: string, role: MemberRole): Promise<boolean> {
    const data = { id: newId(), classId, userId, role };
    return (await this.db.prisma.classMember.createMany({ data, skipDuplicates: true })).count === 1;
  }

  /** @returns the role before, or null if the person is not in the class. */
  async updateRole(classId: string, userId: string, role: MemberRole): Promise<MemberRole | null> {
    const { prisma } = this.db;
    const before = await prisma.classMember.lock({ where: { classId, userId }, select: { role: true } });
    if (before === null) return null;
    await prisma.classMember.update({ where: keyOf(classId, userId), data: { role }, select: { id: true } });
    return before.role;
  }

  /** @returns the role that the person had, or null if they were not in the class. */
  async remove(classId: string, userId: string): Promise<MemberRole | null> {
    const { prisma } = this.db;
    const before = await prisma.classMember.lock({ where: { classId, userId }, select: { role: true } });
    if (before !== null) await prisma.classMember.deleteMany({ where: { classId, userId } });
    return before?.role ?? null;
  }

  /** Ids of the active teachers, locked so that two of them cannot leave at the same moment. */
  async lockActiveTeachers(classId: string): Promise<string[]> {
    return (await this.db.rows(lockActiveTeachers(classId), IdRow)).map(({ id }) => id);
  }

  /** Remembers that somebody else removed the person: the class code alone does not bring them back. */
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
