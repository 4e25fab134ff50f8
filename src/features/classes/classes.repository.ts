import type { Principal } from '../../authz/ability';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import {
  CLASS_SORTS,
  CLASSES_FROM,
  type ClassFilters,
  ClassRow,
  classColumns,
  classList,
  selectClass,
} from './classes.sql';
import type { Class } from './classes.types';

export type { ClassFilters } from './classes.sql';

const GROUP = { id: true, pathText: true, tenantId: true } as const satisfies Prisma.GroupSelect;

export class ClassesRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Finds a class, archived or not, in a group that is not archived. */
  async findById(id: string): Promise<Class | null> {
    const found = await this.findAnywhere(id);
    return found?.groupArchived === true ? null : found;
  }

  /** Finds a class, even in an archived group. */
  async findAnywhere(id: string): Promise<Class | null> {
    return this.db.row(selectClass(id), ClassRow);
  }

  async list(principal: Principal, { filters, sort, page }: ListQuery<ClassFilters>): Promise<Page<Class>> {
    return this.lists.list({
      columns: classColumns,
      from: CLASSES_FROM,
      ...classList(principal, filters, sortBy(CLASS_SORTS, sort).column),
      id: sql`c.id`,
      page,
      row: ClassRow,
      sort: sortBy(CLASS_SORTS, sort),
    });
  }

  /** Locks the future group of a class, so that it is not archived meanwhile. */
  async lockGroup(id: string): Promise<Prisma.GroupGetPayload<{ select: typeof GROUP }> | null> {
    return this.db.prisma.group.lock({ where: { id, deletedAt: null }, select: GROUP, strength: 'SHARE' });
  }

  async insert(data: Prisma.ClassUncheckedCreateInput): Promise<void> {
    await this.db.prisma.class.create({ data, select: { id: true } });
  }

  /**
   * Changes a class that is not archived; absent and undefined fields stay.
   * @returns whether it existed and matched `ifMatch`
   */
  async update(id: string, data: Prisma.ClassUncheckedUpdateInput, ifMatch: IfMatch): Promise<boolean> {
    const where = { id, deletedAt: null };
    const select = { revision: true };
    return (await this.db.prisma.class.updateIfMatch({ where, revisions: ifMatch, data, select })) !== null;
  }

  async restore(id: string): Promise<void> {
    await this.db.prisma.class.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
  }

  async findByJoinCode(joinCode: string): Promise<{ id: string; tenantId: string } | null> {
    return this.db.prisma.class.findFirst({
      where: { joinCode, deletedAt: null, group: { deletedAt: null } },
      select: { id: true, tenantId: true },
    });
  }
}
