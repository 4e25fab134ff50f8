import type { Principal } from '../../authz/ability';
import { type Access, classIdsWithRole, includesRoot } from '../../authz/access';
import { type FieldsOf, permitted } from '../../authz/permitted.sql';
import { booleanField, pathField, textField, uuidField } from '../../platform/db/conditions';
import { isAbove, isWithin } from '../../platform/db/ltree';
import { join, opaqueIds, raw, type Sql, sql } from '../../platform/db/sql';

/** Whether any of these holds. */
const anyOf = (conditions: readonly Sql[]): Sql => sql`(${join([...conditions], ' OR ')})`;

/** A term of the caller, as a student, at the assignment `a`. */
const isOwnTerm = (column: 'is_opened' | 'is_open', access: Access, now: Date): Sql =>
  sql`coalesce(
    (SELECT w.${raw(column)}
     FROM assignment_terms(a.id, ${access.userId}::uuid, ${now}) w),
    FALSE)`;

/**
 * An assignment `a` of the caller's classes: a student's after it has opened for them, an educator's in any
 * state.
 */
export function isAssignmentOf(access: Access, now: Date): Sql {
  const studentOf = classIdsWithRole(access, 'student');
  const educatorOf = classIdsWithRole(access, 'teacher', 'assistant');
  return sql`a.deleted_at IS NULL AND (a.class_id = ANY(${opaqueIds(educatorOf)})
    OR (a.class_id = ANY(${opaqueIds(studentOf)}) AND ${isOwnTerm('is_opened', access, now)}))`;
}

/** An assignment `a` on which this student can work now. */
export function isOpenAssignmentOf(access: Access, now: Date): Sql {
  return sql`a.deleted_at IS NULL AND a.class_id = ANY(${opaqueIds(classIdsWithRole(access, 'student'))})
    AND ${isOwnTerm('is_open', access, now)}`;
}

/** The fields that the rules for tools check, over tools `t` and their groups `g`. */
const TOOL_FIELDS: FieldsOf<'Tool'> = {
  groupPath: pathField(sql`g.path`),
  tenantPath: pathField(sql`subpath(g.path, 0, 1)`),
  authorId: uuidField(sql`t.author_id`),
  visibility: textField(sql`t.visibility`),
  state: textField(sql`t.state`),
};

export const isEditable = (principal: Principal): Sql =>
  permitted(principal, 'tool.update', 'Tool', TOOL_FIELDS);

/** The condition for tools that are visible without any assignment. */
export const isVisibleUnassigned = (principal: Principal): Sql =>
  permitted(principal, 'tool.read', 'Tool', { ...TOOL_FIELDS, assignedToCaller: booleanField(sql`FALSE`) });

/** Whether the caller may see the tool `t`: on their own account, or because of an assignment. */
export function isVisible(principal: Principal, now: Date): Sql {
  const assigned = sql`t.id IN (
    SELECT a.tool_id
    FROM assignments a
    WHERE ${isAssignmentOf(principal.access, now)})`;
  return permitted(principal, 'tool.read', 'Tool', {
    ...TOOL_FIELDS,
    assignedToCaller: booleanField(assigned),
  });
}

/** Whether the caller may change all tools of their tenant, and so sees them. */
export const managesTenant = ({ adminPaths }: Access): boolean => includesRoot(adminPaths);

/** Whether the group `g` of a tool is one of the caller's, where they see most tools. */
export const isOfPlaces = (access: Access): Sql =>
  anyOf([isWithin(sql`g.path`, access.viewPaths), isAbove(sql`g.path`, access.educatorPaths)]);

/**
 * Whether the caller sees the tool because it is shared with the tenant, or with everybody. The first half
 * matches the indexes of shared tools.
 */
export function isSharedWith(access: Access): Sql {
  if (access.educatorPaths.length === 0) return sql`FALSE`;
  const inTenant = isAbove(sql`subpath(g.path, 0, 1)`, access.educatorPaths);
  return sql`(t.visibility IN ('tenant', 'public') AND t.state = 'published' AND t.deleted_at IS NULL
    AND (t.visibility = 'public' OR ${inTenant}))`;
}

/**
 * The tools `t` that the caller wrote, and those of their assignments. They are found first, because they
 * are few.
 */
export const ownOrAssigned = (access: Access, now: Date): Sql =>
  sql`(
    SELECT w.id
    FROM tools w
    WHERE w.author_id = ${access.userId}::uuid
    UNION
    SELECT a.tool_id
    FROM assignments a
    WHERE ${isAssignmentOf(access, now)}
    OFFSET 0) mine
    CROSS JOIN LATERAL (
      SELECT *
      FROM tools w
      WHERE w.id = mine.id
      OFFSET 0) t`;
