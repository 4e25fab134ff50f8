import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { opaqueIds, type Sql, sql } from '../../platform/db/sql';
import type { JsonObject } from '../../shared/json';
import type { IfMatch } from '../../shared/revisions';
import { labelOf } from './tree/groups.tree';

export interface NewGroup
  extends Pick<z.output<typeof GroupRow>, 'id' | 'name' | 'kind' | 'theme' | 'settings'> {
  createdBy: string;
}

const SUMMARY = {
  id: true,
  parentId: true,
  tenantId: true,
  kind: true,
  name: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.GroupSelect;
const CONTENT = { theme: true, settings: true, districtCode: true } as const satisfies Prisma.GroupSelect;

/**
 * A group without its larger parts, as lists show it. `parentId` is null for the root, which is the tenant.
 */
export const GroupSummaryRow = modelRow<Prisma.GroupGetPayload<{ select: typeof SUMMARY }>>(SUMMARY).extend({
  /** Its place in the tree; never shown. */
  path: z.string(),
  archivedAt: z.date().nullable(),
  /** Only for an archived group: whether a group above is archived too, which must be restored first. */
  isBelowArchived: z.boolean(),
});
export const GroupRow = GroupSummaryRow.extend(
  modelRow<Prisma.GroupGetPayload<{ select: typeof CONTENT }>>(CONTENT).shape,
);

export const summaryColumns = sql`${columnsOf(SUMMARY, 'g')},
  g.path_text AS path,
  g.deleted_at AS "archivedAt",
  CASE
    WHEN g.deleted_at IS NULL THEN FALSE
    ELSE EXISTS (
      SELECT
      FROM groups up
      WHERE up.id = g.parent_id AND up.deleted_at IS NOT NULL)
  END AS "isBelowArchived"`;
const groupColumns = sql`${summaryColumns}, ${columnsOf(CONTENT, 'g')}`;

/** One group of the chain from the root to a group. */
export const ChainLinkRow = z.object({
  id: z.string(),
  name: z.string(),
  tenantId: z.string(),
  path: z.string(),
  theme: z.custom<JsonObject>(),
  settings: z.custom<JsonObject>(),
});

export function selectGroups(ids: readonly string[]): Sql {
  return sql`SELECT ${groupColumns}
             FROM groups g
             WHERE g.id = ANY(${opaqueIds(ids)})`;
}

/** Selects a group and locks it until the transaction ends. */
export function lockGroup(id: string): Sql {
  return sql`SELECT ${groupColumns}
             FROM groups g
             WHERE g.id = ${id}::uuid
             FOR NO KEY UPDATE`;
}

/** The groups from the root down to this one, which is last; none if it is missing or archived. */
export function selectChain(groupId: string): Sql {
  return sql`SELECT a.id, a.name, a.tenant_id AS "tenantId", a.path_text AS path, a.theme, a.settings
             FROM groups a
             WHERE a.path @> (
                 SELECT g.path
                 FROM groups g
                 WHERE g.id = ${groupId}::uuid AND g.deleted_at IS NULL)
               AND a.deleted_at IS NULL
             ORDER BY nlevel(a.path)`;
}

const ROOT = (id: string) => sql`SELECT NULL::uuid AS id, ${id}::uuid AS tenant_id, ''::ltree AS path`;
const PARENT = (id: string) => sql`SELECT id, tenant_id, path
  FROM groups
  WHERE id = ${id}::uuid`;

/** Inserts a root (`parentId` null) or a group below another; nothing if the parent does not exist. */
export function insertGroup(group: NewGroup, parentId: string | null): Sql {
  return sql`INSERT INTO groups AS g (id, parent_id, tenant_id, path, kind, name, theme, settings, created_by)
             SELECT
               ${group.id}::uuid,
               p.id,
               p.tenant_id,
               p.path || ${labelOf(group.name, group.id)}::text::ltree,
               ${group.kind},
               ${group.name},
               ${JSON.stringify(group.theme)}::jsonb,
               ${JSON.stringify(group.settings)}::jsonb,
               ${group.createdBy}::uuid
             FROM (${parentId === null ? ROOT(group.id) : PARENT(parentId)}) p
             RETURNING ${groupColumns}`;
}

/** The database draws the code, because it also does so for each new root. */
export const renewDistrictCode = (id: string): Sql =>
  sql`UPDATE groups
      SET district_code = new_district_code()
      WHERE id = ${id}::uuid`;

/** Archives the active groups of a subtree and records its top as the reason. */
export function archiveSubtree(group: { id: string; path: string }): Sql {
  return sql`UPDATE groups
             SET deleted_at = now(), archived_by_group_id = ${group.id}::uuid
             WHERE path <@ ${group.path}::ltree AND deleted_at IS NULL`;
}

export interface Move {
  id: string;
  /** The new parent. */
  parentId: string;
  /** Paths that the caller manages; null for all. */
  within: readonly string[] | null;
  /** Revisions that the caller has seen; null for any. */
  ifMatch: IfMatch;
}

/** The migration of `move_group` describes what it does and refuses. */
export function moveGroup({ id, parentId, within, ifMatch }: Move): Sql {
  return sql`SELECT ${groupColumns}
             FROM move_group(${id}::uuid, ${parentId}::uuid, ${within}::ltree[], ${ifMatch}::integer[]) g`;
}

/** Blocks other changes of the shape of this tenant's tree until the transaction ends. */
export const lockTree = (tenantId: string): Sql => sql`SELECT lock_group_tree(${tenantId}::uuid)::text`;

/**
 * Keeps the shape of this tenant's tree until the transaction ends; several transactions may do so at the
 * same time.
 */
export const shareTree = (tenantId: string): Sql => sql`SELECT share_group_tree(${tenantId}::uuid)::text`;
