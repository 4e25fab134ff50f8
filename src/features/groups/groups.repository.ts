import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import { RowLoader } from '../../platform/db/row-loader';
import { join, type Sql, sql } from '../../platform/db/sql';
import { labelOf } from './groups.tree';
import { GROUP_KINDS, type Group, type GroupKind, type GroupSettings, type Theme } from './groups.types';

export const SUMMARY_COLUMNS = sql`g.id, g.parent_id AS "parentId", g.tenant_id AS "tenantId", g.path::text AS path, g.kind, g.name,
  g.revision, g.created_at AS "createdAt", g.updated_at AS "updatedAt", g.deleted_at AS "archivedAt"`;

export const SummaryRow = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  tenantId: z.string(),
  path: z.string(),
  kind: z.enum(GROUP_KINDS),
  name: z.string(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
  archivedAt: z.date().nullable(),
});

const GROUP_COLUMNS = sql`${SUMMARY_COLUMNS}, g.theme, g.settings`;
const GroupRow = SummaryRow.extend({ theme: z.custom<Theme>(), settings: z.custom<GroupSettings>() });
const LockedRow = z.object({ locked: z.string() });

export interface NewGroup {
  id: string;
  name: string;
  kind: GroupKind;
  theme: Theme;
  settings: GroupSettings;
  createdBy: string;
}

export interface Move {
  id: string;
  /** The new parent. */
  parentId: string;
  /** Paths that the caller manages; null for all. */
  within: readonly string[] | null;
  /** Revisions that the caller has seen; null for any. */
  ifMatch: readonly number[] | null;
  /** The INSERT of the audit event. */
  audit: Sql;
  /** Notifications of other processes. */
  news: readonly Sql[];
}

/** Why the database refused a move. 'group.out_of_reach': the caller no longer manages both ends. */
export type MoveRefusal =
  | 'group.cycle'
  | 'group.too_deep'
  | 'group.other_tenant'
  | 'group.root_immovable'
  | 'group.archived'
  | 'group.changed'
  | 'group.out_of_reach';

/** Why a move failed, where the tree itself refused it; null for any other failure. */
export function moveRefusal(error: unknown): MoveRefusal | null {
  const constraint = violatedConstraint(error);
  if (constraint === 'groups_depth_check') return 'group.too_deep';
  return constraint?.startsWith('group.') === true ? (constraint as MoveRefusal) : null;
}

const groupsById = (ids: readonly string[]): Sql =>
  sql`SELECT ${GROUP_COLUMNS} FROM groups g WHERE g.id = ANY (${[...ids]}::uuid[])`;

/** Single groups, and the only writer of `path`. */
export class GroupsRepository {
  private readonly loader: RowLoader<typeof GroupRow>;

  constructor(private readonly db: Database) {
    this.loader = new RowLoader(db, GroupRow, groupsById);
  }

  /** A group, archived or not. */
  async findById(id: string): Promise<Group | null> {
    return this.loader.find(id);
  }

  /** Those of these groups that exist, archived or not, in no order. */
  async findByIds(ids: readonly string[]): Promise<Group[]> {
    return this.db.rows(groupsById(ids), GroupRow);
  }

  /** The group, held against other writers until the ambient transaction ends. Within it, lock the tree before this. */
  async findLocked(id: string): Promise<Group | null> {
    return this.db.row(
      sql`SELECT ${GROUP_COLUMNS} FROM groups g WHERE g.id = ${id}::uuid FOR NO KEY UPDATE`,
      GroupRow,
    );
  }

  /** Waits until nobody else changes the shape of this tenant's tree, and keeps others waiting until the transaction ends. */
  async lockTree(tenantId: string): Promise<void> {
    await this.db.row(sql`SELECT lock_group_tree(${tenantId}::uuid)::text AS locked`, LockedRow);
  }

  async insertRoot(group: NewGroup): Promise<Group> {
    return this.insert(
      group,
      sql`SELECT NULL::uuid AS id, ${group.id}::uuid AS tenant_id, ''::ltree AS path`,
    );
  }

  /** The caller holds the tree's lock. @throws a violated `groups_depth_check` where the parent is too deep. */
  async insertChild(group: NewGroup, parentId: string): Promise<Group> {
    return this.insert(group, sql`SELECT id, tenant_id, path FROM groups WHERE id = ${parentId}::uuid`);
  }

  /**
   * Moves a group with all below it; what it does and refuses is in the migration of `move_group`. One statement, so that
   * by itself it holds the tree's lock for no longer than the database works on it.
   * @throws an error of which `moveRefusal` knows the reason.
   */
  async move({ id, parentId, within, ifMatch, audit, news }: Move): Promise<Group> {
    const moved = await this.db.row(
      sql`WITH audit AS (${audit})
          SELECT ${GROUP_COLUMNS}, ${join(news.map((each) => sql`${each}::text`))}
          FROM move_group(${id}::uuid, ${parentId}::uuid, ${within}::ltree[], ${ifMatch}::integer[]) g`,
      GroupRow,
    );
    if (moved === null) throw new Error('move_group returned nothing');
    return moved;
  }

  /** Writes what is given and leaves the rest. */
  async update(
    id: string,
    values: {
      name?: string | undefined;
      kind?: GroupKind | undefined;
      theme?: Theme | undefined;
      settings?: GroupSettings | undefined;
    },
  ): Promise<Group> {
    const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
    const updated = await this.db.row(
      sql`UPDATE groups g SET name = coalesce(${values.name ?? null}, g.name), kind = coalesce(${values.kind ?? null}, g.kind),
            theme = coalesce(${json(values.theme)}::jsonb, g.theme), settings = coalesce(${json(values.settings)}::jsonb, g.settings)
          WHERE g.id = ${id}::uuid RETURNING ${GROUP_COLUMNS}`,
      GroupRow,
    );
    if (updated === null) throw new Error('a locked group has gone');
    return updated;
  }

  /** Archives the group and what lives below it. The caller holds the tree's lock. @returns how many it took. */
  async archive(group: { id: string; path: string }): Promise<number> {
    return this.db.execute(
      sql`UPDATE groups SET deleted_at = now(), archived_by_group_id = ${group.id}::uuid
          WHERE path <@ ${group.path}::ltree AND deleted_at IS NULL`,
    );
  }

  /** Brings back exactly those that the archiving of this group took. The caller holds the tree's lock. */
  async restore(id: string): Promise<number> {
    return this.db.execute(
      sql`UPDATE groups SET deleted_at = NULL, archived_by_group_id = NULL WHERE archived_by_group_id = ${id}::uuid`,
    );
  }

  private async insert(group: NewGroup, parent: Sql): Promise<Group> {
    const inserted = await this.db.row(
      sql`INSERT INTO groups AS g (id, parent_id, tenant_id, path, kind, name, theme, settings, created_by)
          SELECT ${group.id}::uuid, p.id, p.tenant_id, p.path || ${labelOf(group.name, group.id)}::text::ltree, ${group.kind}, ${group.name},
                 ${JSON.stringify(group.theme)}::jsonb, ${JSON.stringify(group.settings)}::jsonb, ${group.createdBy}::uuid
          FROM (${parent}) p RETURNING ${GROUP_COLUMNS}`,
      GroupRow,
    );
    if (inserted === null) throw new Error('the parent group has gone');
    return inserted;
  }
}
