import { isWithin } from '../../platform/db/ltree';
import { type Sql, sql } from '../../platform/db/sql';
import { given, NARROW_PAGE, placed } from './exports.conditions.rows';
import type { Source, SourceRequest } from './exports.source.rows';

function memberships(request: SourceRequest): Sql {
  const inClasses = sql`SELECT m.id, m.user_id, m.role, m.created_at, 'class' AS place, c.id AS place_id, c.name AS place_name
    FROM class_members m JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id WHERE ${placed(request)}`;
  if (request.classId !== null) return sql`(${inClasses})`;
  return sql`(${inClasses} UNION ALL
    SELECT m.id, m.user_id, m.role, m.created_at, 'group', g.id, g.name FROM group_members m JOIN groups g ON g.id = m.group_id
    WHERE ${isWithin(sql`g.path`, [request.groupPath])} AND g.deleted_at IS NULL)`;
}

/** Who is in a class; of a group, who is in it, in the groups below and in their classes. One row a membership. */
export const rosterSource: Source = {
  columns: [
    { name: 'membership_id', type: 'text', value: sql`m.id` },
    { name: 'place_type', type: 'text', value: sql`m.place` },
    { name: 'place_id', type: 'text', value: sql`m.place_id` },
    { name: 'place_name', type: 'text', value: sql`m.place_name` },
    { name: 'user_id', type: 'text', value: sql`u.id` },
    { name: 'name', type: 'text', value: sql`u.name` },
    { name: 'email', type: 'text', value: sql`u.email` },
    { name: 'role', type: 'text', value: sql`m.role` },
    { name: 'status', type: 'text', value: sql`u.status` },
    { name: 'joined_at', type: 'time', value: sql`m.created_at` },
  ],
  key: [{ value: sql`m.id`, type: 'uuid' }],
  pageRows: NARROW_PAGE,
  from: (request) => sql`${memberships(request)} m JOIN users u ON u.id = m.user_id`,
  where: ({ snapshotAt, filters }) => [
    sql`m.created_at <= ${snapshotAt}::timestamptz`,
    sql`u.deleted_at IS NULL`,
    ...given(filters.userId, (id) => sql`u.id = ${id}::uuid`),
  ],
};
