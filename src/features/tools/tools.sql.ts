import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import type { Access } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { KeyBranch, SortColumn } from '../../platform/db/paging';
import { contains, isAlike } from '../../platform/db/search';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { ToolState, ToolType, ToolVisibility } from './tools.kinds';
import {
  isAssignmentOf,
  isEditable,
  isOfPlaces,
  isOpenAssignmentOf,
  isSharedWith,
  isVisible,
  isVisibleUnassigned,
  managesTenant,
  ownOrAssigned,
} from './tools.visibility.sql';

const TOOL_COLUMNS = {
  id: true,
  tenantId: true,
  groupId: true,
  authorId: true,
  type: true,
  visibility: true,
  state: true,
  name: true,
  description: true,
  subject: true,
  currentVersion: true,
  forkable: true,
  forkedFromToolId: true,
  forkedFromVersion: true,
  publishedAt: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.ToolSelect;

/** A tool, with what the permission rules need to know about the caller. */
export const ToolRow = modelRow<Prisma.ToolGetPayload<{ select: typeof TOOL_COLUMNS }>>(TOOL_COLUMNS).extend({
  groupPath: z.string(),
  authorName: z.string(),
  /** The version that an assignment in a class of the caller gives them; null if none does. */
  assignedVersion: z.number().nullable(),
  /** Whether the caller, as a student, has an assignment of this tool that is open for them now. */
  isOpenToCaller: z.boolean(),
});

export const OpenAssignmentRow = z.object({ classId: z.string(), version: z.number() });

export interface ToolFilters {
  q?: string | undefined;
  type?: ToolType | undefined;
  state?: ToolState | undefined;
  visibility?: ToolVisibility | undefined;
  groupId?: string | undefined;
  subject?: string | undefined;
  mine?: boolean | undefined;
  updatedSince?: Date | undefined;
}

export const TOOL_SORTS: Readonly<Record<string, SortColumn>> = {
  name: { expression: sql`t.name`, type: 'text' },
  updatedAt: { expression: sql`t.updated_at`, type: 'timestamptz' },
  createdAt: { expression: sql`t.created_at`, type: 'timestamptz' },
};

export const TOOLS_FROM = sql`tools t
  JOIN groups g ON g.id = t.group_id
  JOIN users u ON u.id = t.author_id`;

/** The columns of a tool, with what the rules need to know about the caller. */
export function toolColumnsFor(access: Access, now: Date): Sql {
  return sql`${columnsOf(TOOL_COLUMNS, 't')},
    g.path_text AS "groupPath",
    u.name AS "authorName",
    (SELECT CASE a.pin WHEN 'exact' THEN a.tool_version ELSE t.current_version END
     FROM assignments a
     WHERE a.tool_id = t.id AND ${isAssignmentOf(access, now)}
     ORDER BY (a.state = 'published') DESC, a.published_at DESC NULLS LAST, a.id
     LIMIT 1) AS "assignedVersion",
    EXISTS (
      SELECT 1
      FROM assignments a
      WHERE a.tool_id = t.id AND ${isOpenAssignmentOf(access, now)}) AS "isOpenToCaller"`;
}

export function selectTool(id: string, access: Access, now: Date): Sql {
  return sql`SELECT ${toolColumnsFor(access, now)}
             FROM ${TOOLS_FROM}
             WHERE t.id = ${id}::uuid`;
}

/** A published assignment of the tool that is open for this student now, and the version it gives them. */
export function selectOpenAssignment(toolId: string, access: Access, now: Date): Sql {
  return sql`SELECT
               a.class_id AS "classId",
               CASE a.pin WHEN 'exact' THEN a.tool_version ELSE t.current_version END AS version
             FROM assignments a
             JOIN tools t ON t.id = a.tool_id
             WHERE a.tool_id = ${toolId}::uuid AND ${isOpenAssignmentOf(access, now)}
             ORDER BY a.published_at DESC, a.id
             LIMIT 1`;
}

/** How a list of tools is read: the tools that the filters select and the caller may see. */
export function toolList(
  filters: ToolFilters,
  principal: Principal,
  now: Date,
  sort: SortColumn,
): { where: Sql[]; branches?: KeyBranch[] } {
  const { q, groupId, subject, mine, state } = filters;
  const where = filterConditions(filters, principal);
  // Few rows, or rows found by an index of their own, are sorted.
  const isNarrow = q !== undefined || groupId !== undefined || subject !== undefined || mine === true;
  if (isNarrow || state === 'archived') return { where: [isVisible(principal, now), ...where] };
  return { where: [], branches: branchesOf(principal, now, where, sort, filters.updatedSince !== undefined) };
}

/**
 * Branches, each along an index, in which the caller sees all or most rows: the tools of their tenant or of
 * their groups, then tools shared elsewhere. The rest are their own tools, and those of their assignments.
 */
function branchesOf(
  principal: Principal,
  now: Date,
  filtered: readonly Sql[],
  { expression: key }: SortColumn,
  withAuthors: boolean,
): KeyBranch[] {
  const { access } = principal;
  const authors = withAuthors ? sql`JOIN users u ON u.id = t.author_id` : empty;
  const branch = (tools: Sql, where: readonly Sql[], owners?: Sql): KeyBranch => ({
    from: sql`${tools} ${authors}`,
    where: [...where, ...filtered],
    ...{ key, id: sql`t.id`, ...(owners === undefined ? {} : { owners }) },
  });
  const tenants = (which: Sql): Sql =>
    sql`(SELECT g.id FROM groups g WHERE g.parent_id IS NULL AND ${which}) place`;
  const ofTenant = sql`t.tenant_id = place.id`;
  const inGroups = sql`tools t JOIN groups g ON g.id = t.group_id`;
  if (access.isPlatformAdmin) return [branch(sql`tools t`, [ofTenant], tenants(sql`TRUE`))];
  const [ofPlaces, unassigned] = [isOfPlaces(access), isVisibleUnassigned(principal)];
  const left = branch(sql`${ownOrAssigned(access, now)} JOIN groups g ON g.id = t.group_id`, [
    sql`NOT (${ofPlaces} AND ${unassigned})`,
    sql`NOT ${isSharedWith(access)}`,
  ]);
  if (access.educatorPaths.length === 0) return [left];
  const groups = sql`(SELECT g.id, g.path FROM groups g WHERE ${ofPlaces}) g`;
  const isManager = managesTenant(access);
  return [
    isManager
      ? branch(inGroups, [ofTenant, unassigned], tenants(ofPlaces))
      : branch(sql`tools t`, [sql`t.group_id = g.id`, unassigned], groups),
    branch(
      inGroups,
      [ofTenant, isSharedWith(access), unassigned, sql`NOT ${ofPlaces}`],
      tenants(isManager ? sql`NOT ${ofPlaces}` : sql`TRUE`),
    ),
    left,
  ];
}

function filterConditions(filters: ToolFilters, principal: Principal): Sql[] {
  const { userId } = principal;
  const { q, type, visibility, groupId, subject, mine, updatedSince } = filters;
  return [
    ...stateConditions(filters.state, principal),
    ...(q === undefined ? [] : [contains(sql`t.name || ' ' || coalesce(t.description, '')`, q)]),
    ...(type === undefined ? [] : [sql`t.type = ${type}`]),
    ...(visibility === undefined ? [] : [sql`t.visibility = ${visibility}`]),
    ...(groupId === undefined ? [] : [sql`t.group_id = ${groupId}::uuid`]),
    ...(subject === undefined ? [] : [isAlike(sql`t.subject`, subject)]),
    ...(mine === true ? [sql`t.author_id = ${userId}::uuid`] : []),
    ...(mine === false ? [sql`t.author_id <> ${userId}::uuid`] : []),
    ...(updatedSince === undefined
      ? []
      : [sql`(t.updated_at >= ${updatedSince} OR u.updated_at >= ${updatedSince})`]),
  ];
}

/** Archived tools are listed only on request, and only for people who could restore them. */
function stateConditions(state: ToolState | undefined, principal: Principal): Sql[] {
  if (state === 'archived') return [sql`t.deleted_at IS NOT NULL`, isEditable(principal)];
  return [sql`t.deleted_at IS NULL`, ...(state === undefined ? [] : [sql`t.state = ${state}`])];
}
