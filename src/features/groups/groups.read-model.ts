import type { Access } from '../../authz/access';
import { isAbove, isWithin } from '../../platform/db/ltree';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import { GroupSummaryRow, summaryColumns } from './groups.sql';
import type { GroupKind, GroupSummary } from './groups.types';

/** Orders of lists of groups. `path` is that of the tree: each group before what is below it, siblings by their label. */
export const GROUP_SORTS = {
  name: { expression: sql`g.name`, type: 'text' },
  createdAt: { expression: sql`g.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`g.updated_at`, type: 'timestamptz' },
  depth: { expression: sql`nlevel(g.path)`, type: 'integer' },
  path: { expression: sql`g.path`, type: 'ltree' },
} as const satisfies Record<string, SortColumn>;

export interface GroupFilters {
  q?: string | undefined;
  kind?: GroupKind | undefined;
  updatedSince?: Date | undefined;
}

export interface ListFilters extends GroupFilters {
  /** Only those just below this group; 'root' for tenants. */
  parentId?: string | undefined;
  /** Only archived ones that the caller manages. */
  archived?: boolean | undefined;
}

export interface ListOrder {
  sort: { column: SortColumn; descending: boolean; name: string };
  page: PageRequest;
}

function filtered({ q, kind, updatedSince }: GroupFilters): Sql[] {
  return [
    ...(q === undefined ? [] : [contains(sql`g.name`, q)]),
    ...(kind === undefined ? [] : [sql`g.kind = ${kind}`]),
    ...(updatedSince === undefined ? [] : [sql`g.updated_at >= ${updatedSince}`]),
  ];
}

/** The groups that somebody knows, as `knowsGroup` decides it. */
export function knownGroups(access: Access, path: Sql): Sql {
  if (access.isPlatformAdmin) return sql`TRUE`;
  return sql`(${isWithin(path, access.viewPaths)} OR ${isAbove(path, access.memberPaths)})`;
}

/** Lists of groups, each one statement that also decides what the caller may see. */
export class GroupsReadModel {
  constructor(private readonly lists: ListReader) {}

  /** All groups that the caller knows; or, of those they manage, the archived ones. */
  async list(access: Access, filters: ListFilters, order: ListOrder): Promise<Page<GroupSummary>> {
    const { parentId, archived } = filters;
    const managed = access.isPlatformAdmin ? sql`TRUE` : isWithin(sql`g.path`, access.adminPaths);
    return this.page(order, [
      ...(archived === true
        ? [sql`g.deleted_at IS NOT NULL`, managed]
        : [sql`g.deleted_at IS NULL`, knownGroups(access, sql`g.path`)]),
      // Says nothing new, but spares reading the other tenants' groups.
      ...(access.tenantId === null || access.isPlatformAdmin
        ? []
        : [sql`g.tenant_id = ${access.tenantId}::uuid`]),
      ...(parentId === undefined
        ? []
        : [parentId === 'root' ? sql`g.parent_id IS NULL` : sql`g.parent_id = ${parentId}::uuid`]),
      ...filtered(filters),
    ]);
  }

  /** The groups just below one. Empty also where the caller does not know that one. */
  async children(
    access: Access,
    id: string,
    filters: GroupFilters,
    order: ListOrder,
  ): Promise<Page<GroupSummary>> {
    return this.page(order, [
      sql`g.deleted_at IS NULL`,
      sql`g.parent_id = ${top(access, id, sql`top.id`)}`,
      knownGroups(access, sql`g.path`),
      ...filtered(filters),
    ]);
  }

  /**
   * All groups below one. Empty also where the caller does not know that one.
   *
   * The subtree is written as a range of `path`, not with `<@`: beside the unique index the planner would walk the whole
   * tenant in path order and filter (60,000 groups, the first 20 of 30 below: 19 ms; as a range 0.1 ms, and 0.06 ms for the
   * first 20 below the root). Paths compare label by label and `0` is the least character of a label, so nothing that is
   * not below the group lies within the bounds. Whether the whole subtree is visible is asked once, which also keeps the
   * planner from answering the other half by the GiST index and sorting the tenant.
   */
  async descendants(
    access: Access,
    id: string,
    filters: GroupFilters,
    order: ListOrder,
  ): Promise<Page<GroupSummary>> {
    const allVisible = ofTop(id, isWithin(sql`top.path`, access.viewPaths));
    return this.page(order, [
      sql`g.deleted_at IS NULL`,
      // Null, and with it the whole empty, where the caller does not know the group.
      sql`g.path > ${top(access, id, sql`top.path`)}`,
      sql`g.path < ${ofTop(id, sql`(top.path::text || '0')::ltree`)}`,
      ...(access.isPlatformAdmin ? [] : [sql`(${allVisible} OR ${knownGroups(access, sql`g.path`)})`]),
      ...filtered(filters),
    ]);
  }

  /** The groups above one, which everybody knows who knows that one. Empty also where the caller does not. */
  async ancestors(access: Access, id: string, order: ListOrder): Promise<Page<GroupSummary>> {
    return this.page(order, [
      sql`g.deleted_at IS NULL`,
      sql`g.path @> ${top(access, id, sql`top.path`)}`,
      sql`g.id <> ${id}::uuid`,
    ]);
  }

  private page(order: ListOrder, where: Sql[]): Promise<Page<GroupSummary>> {
    return this.lists.list({
      columns: summaryColumns,
      from: sql`groups g`,
      where,
      id: sql`g.id`,
      row: GroupSummaryRow,
      ...order,
    });
  }
}

/** A value of the group that a list starts from. */
function ofTop(id: string, value: Sql, condition: Sql = sql`TRUE`): Sql {
  return sql`(SELECT ${value} FROM groups top WHERE top.id = ${id}::uuid AND ${condition})`;
}

/** The same; null where the caller does not know the group. */
function top(access: Access, id: string, value: Sql): Sql {
  return ofTop(id, value, sql`top.deleted_at IS NULL AND ${knownGroups(access, sql`top.path`)}`);
}
