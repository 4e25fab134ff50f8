import type { Database } from '../../../platform/db/database';
import { type ListReader, sortBy } from '../../../platform/db/paging';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { ListOrder, Page } from '../../../shared/pages';
import type { Guardian, GuardianRef } from '../users.types';
import {
  GUARDIAN_SORTS,
  GUARDIANS_FROM,
  GuardianRow,
  guardianColumns,
  selectGuardian,
} from './users.guardians.sql';

/** Stores the guardians of students. The view `active_guardians` defines when a link is active. */
export class GuardiansRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  list(studentId: string, { sort, page }: ListOrder): Promise<Page<Guardian>> {
    return this.lists.list({
      columns: guardianColumns,
      from: GUARDIANS_FROM,
      where: [sql`o.student_id = ${studentId}::uuid`],
      sort: sortBy(GUARDIAN_SORTS, sort),
      id: sql`p.id`,
      page,
      row: GuardianRow,
    });
  }

  find(studentId: string, guardianId: string): Promise<Guardian | null> {
    return this.db.row(selectGuardian(studentId, guardianId), GuardianRow);
  }

  findPerson(person: GuardianRef): Promise<{ id: string; tenantId: string | null } | null> {
    const named = 'userId' in person ? { id: person.userId } : { email: person.email };
    const select = { id: true, tenantId: true };
    return this.db.prisma.user.findFirst({ where: { ...named, deletedAt: null }, select });
  }

  /** @returns false if the student already has this guardian */
  async insert(studentId: string, observerId: string): Promise<boolean> {
    const data = { id: newId(), studentId, observerId };
    return (await this.db.prisma.studentObserver.createMany({ data, skipDuplicates: true })).count === 1;
  }

  /** @returns whether there was such a link */
  async delete(studentId: string, observerId: string): Promise<boolean> {
    return (
      (await this.db.prisma.studentObserver.deleteMany({ where: { studentId, observerId } })).count === 1
    );
  }
}
