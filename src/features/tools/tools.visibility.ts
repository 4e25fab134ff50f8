import { type Access, classIdsWithRole } from '../../authz/access';
import { isAbove, isWithin } from '../../platform/db/ltree';
import { join, type Sql, sql } from '../../platform/db/sql';

/** Whether any of these holds. */
const anyOf = (conditions: readonly Sql[]): Sql => sql`(${join([...conditions], ' OR ')})`;

/** An assignment of the caller's classes, as `a`: a student's once published, an educator's in any state. */
export function isAssignmentOf(access: Access): Sql {
  const studentOf = classIdsWithRole(access, 'student');
  const educatorOf = classIdsWithRole(access, 'teacher', 'assistant');
  return sql`a.deleted_at IS NULL AND (a.class_id = ANY(${educatorOf}::uuid[])
    OR (a.class_id = ANY(${studentOf}::uuid[]) AND a.state <> 'draft'))`;
}

/** An assignment `a` that is open for this student now, their override `o` considered. */
export function isOpenAssignmentOf(access: Access, now: Date): Sql {
  return sql`a.state = 'published' AND a.deleted_at IS NULL AND a.class_id = ANY(${classIdsWithRole(access, 'student')}::uuid[])
    AND coalesce(o.opens_at, a.opens_at, '-infinity') <= ${now} AND coalesce(o.closes_at, a.closes_at, 'infinity') > ${now}`;
}

/** Assignments `a`, each with the override `o` of this person. */
export const assignmentsWithOverrideOf = (access: Access): Sql =>
  sql`assignments a LEFT JOIN assignment_overrides o ON o.assignment_id = a.id AND o.user_id = ${access.userId}::uuid`;

/** The rule `tool.update` for lists: over tools `t` and their groups `g`. */
export function isEditable(access: Access): Sql {
  if (access.isPlatformAdmin) return sql`TRUE`;
  const teachesThere = isAbove(sql`subpath(g.path, 0, 1)`, access.educatorPaths);
  return anyOf([
    isWithin(sql`g.path`, access.adminPaths),
    sql`(t.author_id = ${access.userId}::uuid AND ${teachesThere})`,
  ]);
}

/** The rule `tool.read` for lists: over tools `t` and their groups `g`. */
export function isVisible(access: Access): Sql {
  const offered = anyOf([
    sql`(t.visibility = 'group' AND (${isWithin(sql`g.path`, access.viewPaths)} OR ${isAbove(sql`g.path`, access.educatorPaths)}))`,
    sql`(t.visibility = 'tenant' AND ${isAbove(sql`subpath(g.path, 0, 1)`, access.educatorPaths)})`,
    sql`(t.visibility = 'public' AND ${access.educatorPaths.length > 0})`,
  ]);
  return anyOf([
    isEditable(access),
    sql`t.author_id = ${access.userId}::uuid`,
    sql`(t.state = 'published' AND ${offered})`,
    sql`t.id IN (SELECT a.tool_id FROM assignments a WHERE ${isAssignmentOf(access)})`,
  ]);
}
