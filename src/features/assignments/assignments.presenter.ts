import type { z } from 'zod';
import { can, type Principal, subject } from '../../authz/ability';
import { readingRoleIn } from '../../authz/access';
import { API_BASE } from '../../http/base';
import type { AssignmentSchema, MyAssignmentSchema, OverrideSchema } from './assignments.schemas';
import { assignmentSubject } from './assignments.service';
import { mayBeArchived, mayBeDeleted, reasonNotToRead, reasonNotToStart } from './assignments.terms';
import type { Assignment, ListedAssignment, StudentOverride } from './assignments.types';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

const isStudentOf = (principal: Principal, { classId }: Assignment): boolean =>
  readingRoleIn(principal.access, classId) === 'student';

function abilitiesOf(principal: Principal, found: Assignment, now: Date) {
  const object = assignmentSubject(found);
  const { isArchived, state, isToolPublished, terms } = found;
  const isRetired = state === 'archived';
  const isChangeable = !isArchived && !isRetired;
  const mayUpdate = isChangeable && can(principal, 'assignment.update', object);
  const work = { id: '', userId: '', classId: found.classId, groupPath: found.groupPath, state: 'submitted' };
  return {
    update: mayUpdate,
    publish: mayUpdate && (state === 'closed' || (state === 'draft' && isToolPublished)),
    close: mayUpdate && state === 'published',
    override: isChangeable && can(principal, 'assignment.override', object),
    start: isChangeable && isStudentOf(principal, found) && reasonNotToStart(terms, now) === null,
    grade: isChangeable && can(principal, 'submission.grade', subject('Submission', work)),
    archive: isChangeable && mayBeArchived(found) && can(principal, 'assignment.archive', object),
    delete: !found.isArchived && mayBeDeleted(found) && can(principal, 'assignment.delete', object),
    restore: !found.isArchived && isRetired && can(principal, 'assignment.restore', object),
  };
}

/**
 * Everybody who may see the assignment sees title and dates; before it opens, only people who plan it see
 * the rest.
 */
function contentFor(principal: Principal, found: Assignment, now: Date) {
  const isShown =
    can(principal, 'assignment.read_content', assignmentSubject(found)) ||
    reasonNotToRead(found.terms, now) === null;
  const { toolId, toolName, toolType, toolVersion, pin, instructions } = found;
  return isShown
    ? { toolId, toolName, toolType, toolVersion, pin, instructions }
    : {
        ...{ toolId: null, toolName: null, toolType: null, toolVersion: null, pin: null, instructions: null },
      };
}

function ownWork({ mine, terms }: Assignment) {
  const { attempts, excused, maxAttempts } = terms;
  const { latestSubmissionId, latestState, countingSubmissionId: submissionId, countingScore: score } = mine;
  const attemptsLeft = maxAttempts === null ? null : Math.max(0, maxAttempts - attempts);
  return {
    ...{ attempts, latestSubmissionId, latestState, attemptsLeft, excused },
    grade: submissionId === null ? null : { submissionId, score },
  };
}

/** A student sees the dates and attempts that apply to them. */
export function presentAssignment(
  principal: Principal,
  found: Assignment,
  timeZone: string,
  now: Date,
): z.output<typeof AssignmentSchema> {
  const self = `${API_BASE}/assignments/${found.id}`;
  const { terms } = found;
  const content = contentFor(principal, found, now);
  return {
    id: found.id,
    classId: found.classId,
    className: found.className,
    ...content,
    title: found.title,
    opensAt: iso(terms.opensAt),
    dueAt: iso(terms.dueAt),
    closesAt: iso(terms.closesAt),
    timeZone,
    maxAttempts: terms.maxAttempts,
    points: found.points,
    latePolicy: terms.latePolicy,
    autoSubmit: found.autoSubmit,
    gradePolicy: found.gradePolicy,
    state: found.state,
    publishedAt: iso(found.publishedAt),
    closedAt: iso(found.closedAt),
    mine: isStudentOf(principal, found) ? ownWork(found) : null,
    createdAt: found.createdAt.toISOString(),
    updatedAt: found.updatedAt.toISOString(),
    links: {
      self,
      class: `${API_BASE}/classes/${found.classId}`,
      tool: content.toolId === null ? null : `${API_BASE}/tools/${content.toolId}`,
      submissions: `${self}/submissions`,
    },
    can: abilitiesOf(principal, found, now),
  };
}

/** An assignment in a list across classes. */
export function presentListed(
  principal: Principal,
  found: ListedAssignment,
  timeZone: string,
  now: Date,
): z.output<typeof MyAssignmentSchema> {
  return { ...presentAssignment(principal, found, timeZone, now), toGrade: found.toGrade };
}

export function presentOverride(override: StudentOverride): z.output<typeof OverrideSchema> {
  return {
    ...override,
    opensAt: iso(override.opensAt),
    dueAt: iso(override.dueAt),
    closesAt: iso(override.closesAt),
    updatedAt: override.updatedAt.toISOString(),
  };
}
