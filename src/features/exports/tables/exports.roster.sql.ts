import type { Database } from '../../../platform/db/database';
import { isWithin } from '../../../platform/db/ltree';
import { type Sql, sql } from '../../../platform/db/sql';
import { inScope, NARROW_PAGE, when } from './exports.conditions.sql';
import { inTurn } from './exports.in-turn';
import type { Source, SourceRequest } from './exports.source.sql';
import { SqlRows } from './exports.sql-rows.read-model';
import type { TableRows } from './exports.table-rows';
import { alongIndex, ownerByOwner } from './exports.walk.sql';

/** The columns of a membership `m` of the person `u` in the place `p`. */
const columnsOf = (placeType: 'class' | 'group'): Source['columns'] => [
  { name: 'membership_id', type: 'text', value: sql`m.id` },
  { name: 'place_type', type: 'text', value: sql`${placeType}::text` },
  { name: 'place_id', type: 'text', value: sql`p.id` },
  { name: 'place_name', type: 'text', value: sql`p.name` },
  { name: 'place_archived', type: 'boolean', value: sql`p.deleted_at IS NOT NULL` },
  { name: 'user_id', type: 'text', value: sql`u.id` },
  { name: 'name', type: 'text', value: sql`u.name` },
  { name: 'email', type: 'text', value: sql`u.email` },
  { name: 'username', type: 'text', value: sql`u.username` },
  { name: 'role', type: 'text', value: sql`m.role` },
  { name: 'status', type: 'text', value: sql`u.status` },
  { name: 'joined_at', type: 'time', value: sql`m.created_at` },
];

const whose = ({ snapshotAt, filters }: SourceRequest): Sql[] => [
  sql`m.created_at <= ${snapshotAt}::timestamptz AND u.deleted_at IS NULL`,
  ...when(filters.userId, (id) => sql`m.user_id = ${id}::uuid`),
];

/** Walks along the memberships of one person, of the class, or of all classes or groups of the tenant. */
function walkOf(table: 'classes' | 'groups', { tenantId, classId, filters }: SourceRequest) {
  const [members, place] =
    table === 'classes' ? [sql`class_members m`, sql`m.class_id`] : [sql`group_members m`, sql`m.group_id`];
  const [ofOne] = when(filters.userId, (id) => sql`m.user_id = ${id}::uuid`);
  const inClass = when(classId ?? undefined, (id) => sql`m.class_id = ${id}::uuid`);
  const where = ofOne ?? inClass[0];
  const user = { value: sql`m.user_id`, type: 'uuid' } as const;
  if (where !== undefined)
    return alongIndex({ from: members, where, key: [{ value: place, type: 'uuid' }, user] });
  return ownerByOwner({
    outer: {
      from: table === 'classes' ? sql`classes p` : sql`groups p`,
      where: sql`p.tenant_id = ${tenantId}::uuid`,
      id: sql`p.id`,
    },
    inner: { from: members, owner: place, key: [user] },
  });
}

const classMembers: Source = {
  columns: columnsOf('class'),
  walk: (request) => walkOf('classes', request),
  isAtKey: sql`m.class_id = w.k0 AND m.user_id = w.k1`,
  pageRows: NARROW_PAGE,
  from: () => sql`class_members m
    JOIN classes p ON p.id = m.class_id
    JOIN groups g ON g.id = p.group_id
    JOIN users u ON u.id = m.user_id`,
  where: (request) => [inScope(request, sql`p`), ...whose(request)],
};

const groupMembers: Source = {
  columns: columnsOf('group'),
  walk: (request) => walkOf('groups', request),
  isAtKey: sql`m.group_id = w.k0 AND m.user_id = w.k1`,
  pageRows: NARROW_PAGE,
  from: () => sql`group_members m
    JOIN groups p ON p.id = m.group_id
    JOIN users u ON u.id = m.user_id`,
  where: (request) => [
    sql`${isWithin(sql`p.path`, [request.groupPath])} AND p.deleted_at IS NULL`,
    ...whose(request),
  ],
};

/**
 * The people in a class; for a group, the people in it, in the groups below and in their classes. One row
 * per membership.
 */
export function rosterRows(db: Database): TableRows {
  const [ofClasses, ofGroups] = [new SqlRows(db, classMembers), new SqlRows(db, groupMembers)];
  return inTurn(ofClasses, ({ classId }) => (classId === null ? [ofClasses, ofGroups] : [ofClasses]));
}
