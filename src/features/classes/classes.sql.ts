import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { type Access, includesRoot } from '../../authz/access';
import { type FieldsOf, permitted } from '../../authz/permitted.sql';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { NO_ID, pathField, uuidField } from '../../platform/db/conditions';
import type { KeyBranch, SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';

const CLASS_COLUMNS = {
  id: true,
  tenantId: true,
  groupId: true,
  name: true,
  subject: true,
  description: true,
  joinCode: true,
  revision: true,
  createdAt: true,
} as const satisfies Prisma.ClassSelect;

export const ClassRow = modelRow<Prisma.ClassGetPayload<{ select: typeof CLASS_COLUMNS }>>(
  CLASS_COLUMNS,
).extend({
  groupName: z.string(),
  /** The path of its group; never shown. */
  groupPath: z.string(),
  groupArchived: z.boolean(),
  studentCount: z.number(),
  updatedAt: z.date(),
  archivedAt: z.date().nullable(),
});

/**
 * The last change of anything that an item shows, including the number of students and the name of the
 * group.
 */
const CHANGED_AT = sql`c.changed_at`;

export const CLASSES_FROM = sql`classes c JOIN groups g ON g.id = c.group_id`;

export const classColumns = sql`${columnsOf(CLASS_COLUMNS, 'c')},
  g.name AS "groupName",
  g.path_text AS "groupPath",
  g.deleted_at IS NOT NULL AS "groupArchived",
  (SELECT count(*) FROM class_members m WHERE m.class_id = c.id AND m.role = 'student') AS "studentCount",
  ${CHANGED_AT} AS "updatedAt",
  c.deleted_at AS "archivedAt"`;

export const CLASS_SORTS = {
  name: { expression: sql`c.name`, type: 'text' },
  createdAt: { expression: sql`c.created_at`, type: 'timestamptz' },
  updatedAt: { expression: CHANGED_AT, type: 'timestamptz' },
} as const;

export interface ClassFilters {
  q?: string | undefined;
  groupId?: string | undefined;
  mine?: boolean | undefined;
  updatedSince?: Date | undefined;
  archived?: boolean | undefined;
}

export function selectClass(id: string): Sql {
  return sql`SELECT ${classColumns}
             FROM ${CLASSES_FROM}
             WHERE c.id = ${id}::uuid`;
}

/** The fields that the rules for classes check. */
const CLASS_FIELDS: FieldsOf<'Class'> = { id: uuidField(sql`c.id`), groupPath: pathField(sql`g.path`) };
/** The same for a class of the group `g` in which the caller has no role; the id matches nothing. */
const A_CLASS_THERE: FieldsOf<'Class'> = {
  ...CLASS_FIELDS,
  id: NO_ID,
};

export interface ClassList {
  where: Sql[];
  branches?: KeyBranch[];
}

/** The classes of a list: those that the caller may see and the filters select. */
export function classList(
  principal: Principal,
  filters: ClassFilters,
  { expression: key }: SortColumn,
): ClassList {
  const { access } = principal;
  const archived = filters.archived === true;
  const own = sql`c.id = ANY(${ownClasses(access, archived)}::uuid[])`;
  const seen = permitted(principal, 'class.read', 'Class', A_CLASS_THERE);
  const readable = permitted(principal, 'class.read', 'Class', CLASS_FIELDS);
  const where = [
    sql`g.deleted_at IS NULL`,
    archived ? sql`c.deleted_at IS NOT NULL` : sql`c.deleted_at IS NULL`,
  ];
  if (filters.groupId !== undefined) where.push(sql`c.group_id = ${filters.groupId}::uuid`);
  if (filters.q !== undefined) where.push(contains(sql`c.name`, filters.q));
  if (filters.updatedSince !== undefined) where.push(sql`${CHANGED_AT} >= ${filters.updatedSince}`);
  // The caller's own classes, or the results of a search, are few, so they are sorted.
  if (filters.mine === true || filters.q !== undefined)
    return { where: [...where, readable, ...(filters.mine === true ? [own] : [])] };
  const ofList = (from: Sql, which: readonly Sql[]): KeyBranch => ({
    ...{ from, where: [...which, ...where], key, id: sql`c.id` },
  });
  const places = placesOf(access, filters, seen);
  const ofPlaces = { ...ofList(places.from, [places.isThere]), owners: places.owners };
  const others = ofList(
    sql`(SELECT * FROM classes c WHERE ${own} OFFSET 0) c JOIN groups g ON g.id = c.group_id`,
    [readable, sql`NOT ${seen}`],
  );
  return { where: [], branches: access.isPlatformAdmin ? [ofPlaces] : [ofPlaces, others] };
}

/** The places where the caller sees all classes: tenants or groups, each with its own index. */
function placesOf(
  access: Access,
  { groupId }: ClassFilters,
  seen: Sql,
): { owners: Sql; from: Sql; isThere: Sql } {
  const isAll = access.isPlatformAdmin || includesRoot(access.viewPaths);
  if (isAll && groupId === undefined)
    return {
      owners: sql`(SELECT g.id FROM groups g WHERE ${seen} AND g.parent_id IS NULL) place`,
      ...{ from: CLASSES_FROM, isThere: sql`c.tenant_id = place.id` },
    };
  const which = groupId === undefined ? sql`TRUE` : sql`g.id = ${groupId}::uuid`;
  return {
    owners: sql`(SELECT g.id, g.deleted_at FROM groups g WHERE ${seen} AND ${which}) g`,
    ...{ from: sql`classes c`, isThere: sql`c.group_id = g.id` },
  };
}

const ownClasses = ({ classRoles, archivedClassRoles }: Access, archived: boolean): string[] => [
  ...(archived ? archivedClassRoles : classRoles).keys(),
];
