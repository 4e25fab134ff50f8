import type { z } from 'zod';
import { IdRow } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import { type ListReader, sortBy } from '../../../platform/db/paging';
import { type Sql, sql } from '../../../platform/db/sql';
import type { ListOrder, Page } from '../../../shared/pages';
import { lockTree, shareTree } from '../groups.sql';
import {
  aroundMoved,
  EndedRow,
  endRoles,
  ofPersonAround,
  selectUngrounded,
  UNGROUNDED_SORTS,
  UngroundedRow,
  ungroundedColumns,
  ungroundedOf,
} from './groups.grounds.sql';

export type EndedClassRole = z.output<typeof EndedRow>;
export type UngroundedClassRole = z.output<typeof UngroundedRow>;

/**
 * Class roles and the memberships that are their grounds. The view `class_roles_without_ground` defines
 * which membership is a ground for which role.
 */
export class GroundsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /**
   * Keeps the tree of the tenant as it is until the transaction ends; several transactions may do so at the
   * same time.
   */
  async shareTree(tenantId: string): Promise<void> {
    await this.db.execute(shareTree(tenantId));
  }

  /** Blocks others who give or take a role in the tenant until the transaction ends. */
  async lockTree(tenantId: string): Promise<void> {
    await this.db.execute(lockTree(tenantId));
  }

  /**
   * Locks the person until the transaction ends, so that giving a class role and removing a membership run
   * one after the other.
   */
  async lockPerson(id: string): Promise<void> {
    await this.db.prisma.user.lock({ where: { id }, select: { id: true }, strength: 'NO KEY UPDATE' });
  }

  /** Whether a membership is a ground for the person's role in the class. */
  async isGrounded(classId: string, userId: string): Promise<boolean> {
    return (await this.db.row(selectUngrounded(classId, userId), IdRow)) === null;
  }

  /** Ends the class roles of a person around a group that have just lost their ground. */
  async endOfPerson(userId: string, groupPath: string): Promise<EndedClassRole[]> {
    return this.end(ofPersonAround(userId, groupPath));
  }

  async endOfClass(classId: string): Promise<EndedClassRole[]> {
    return this.end(sql`r.class_id = ${classId}::uuid`);
  }

  /**
   * After a move: ends such roles in the classes below the group, and those of the people who are members
   * below it.
   */
  async endAround(groupId: string): Promise<EndedClassRole[]> {
    return this.end(aroundMoved(groupId));
  }

  /** Lists the roles without ground at the group or below it. A page reads the roles and memberships of the tenant once. */
  async list(
    group: { tenantId: string; path: string },
    order: ListOrder,
  ): Promise<Page<UngroundedClassRole>> {
    return this.lists.list({
      columns: ungroundedColumns,
      from: ungroundedOf(group.tenantId),
      where: [sql`r.group_path <@ ${group.path}::ltree`],
      id: sql`r.id`,
      row: UngroundedRow,
      ...order,
      sort: sortBy(UNGROUNDED_SORTS, order.sort),
    });
  }

  private async end(which: Sql): Promise<EndedClassRole[]> {
    return this.db.rows(endRoles(which), EndedRow);
  }
}
