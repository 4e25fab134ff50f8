import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import { RowLoader } from '../../platform/db/row-loader';
import {
  archiveSubtree,
  GroupRow,
  insertGroup,
  lockGroup,
  lockTree,
  type Move,
  moveGroup,
  renewDistrictCode,
  selectGroups,
} from './groups.sql';
import type { Group, NewGroup } from './groups.types';

/** Why the database refused a move. 'group.out_of_reach': the caller no longer manages both ends. */
export type MoveRefusal =
  | 'group.cycle'
  | 'group.too_deep'
  | 'group.other_tenant'
  | 'group.root_immovable'
  | 'group.archived'
  | 'group.changed'
  | 'group.out_of_reach';

/** Why a move failed, if the tree itself refused it; null for any other failure. */
export function moveRefusal(error: unknown): MoveRefusal | null {
  const constraint = violatedConstraint(error);
  if (constraint === 'groups_depth_check') return 'group.too_deep';
  return constraint?.startsWith('group.') === true ? (constraint as MoveRefusal) : null;
}

/** Reads and writes single groups. It is the only writer of `path`. */
export class GroupsRepository {
  private readonly loader: RowLoader<typeof GroupRow>;

  constructor(private readonly db: Database) {
    this.loader = new RowLoader(db, GroupRow, selectGroups);
  }

  /** Finds a group, archived or not. */
  async findById(id: string): Promise<Group | null> {
    return this.loader.find(id);
  }

  /** Finds those of these groups that exist, archived or not, in no particular order. */
  async findByIds(ids: readonly string[]): Promise<Group[]> {
    return this.db.rows(selectGroups(ids), GroupRow);
  }

  /** Returns the group, locked against other writers until the transaction ends. Lock the tree before it. */
  async lock(id: string): Promise<Group | null> {
    return this.db.row(lockGroup(id), GroupRow);
  }

  /**
   * Waits until no other transaction changes the shape of this tenant's tree, and blocks others until this
   * one ends.
   */
  async lockTree(tenantId: string): Promise<void> {
    await this.db.execute(lockTree(tenantId));
  }

  /**
   * Inserts a root (`parentId` null) or a group below another. The caller holds the tree's lock.
   * @throws a violated `groups_depth_check` if the parent is too deep
   */
  async insert(group: NewGroup, parentId: string | null): Promise<Group> {
    const inserted = await this.db.row(insertGroup(group, parentId), GroupRow);
    if (inserted === null) throw new Error('the parent group has gone');
    return inserted;
  }

  /**
   * Moves a group with all groups below it, and takes the tree's lock for that.
   * @throws an error whose reason `moveRefusal` knows
   */
  async move(move: Move): Promise<Group> {
    const moved = await this.db.row(moveGroup(move), GroupRow);
    if (moved === null) throw new Error('move_group returned nothing');
    return moved;
  }

  /** Changes columns of a group that the caller has locked; absent and undefined ones stay. */
  async update(
    id: string,
    data: Pick<Prisma.GroupUpdateInput, 'name' | 'kind' | 'theme' | 'settings'>,
  ): Promise<Group> {
    await this.db.prisma.group.update({ where: { id }, data, select: { id: true } });
    return this.reread(id);
  }

  /** Draws another code for a root group that the caller has locked. */
  async renewDistrictCode(id: string): Promise<Group> {
    await this.db.execute(renewDistrictCode(id));
    return this.reread(id);
  }

  /**
   * Archives the group and all active groups below it. The caller holds the tree's lock. @returns how many
   */
  async archive(group: { id: string; path: string }): Promise<number> {
    return this.db.execute(archiveSubtree(group));
  }

  /**
   * Restores exactly the groups that were archived together with this one. The caller holds the tree's
   * lock.
   */
  async restore(id: string): Promise<number> {
    const data = { deletedAt: null, archivedByGroupId: null };
    return (await this.db.prisma.group.updateMany({ where: { archivedByGroupId: id }, data })).count;
  }

  private async reread(id: string): Promise<Group> {
    const [group] = await this.findByIds([id]);
    if (group === undefined) throw new Error('a locked group has gone');
    return group;
  }
}
