import type { z } from 'zod';
import { can, type Principal, subject } from '../../authz/ability';
import { readingRoleIn } from '../../authz/access';
import { API_BASE } from '../../http/base';
import { attemptsInForce, datesInForce, isOpenAt } from './assignments.dates';
import type { AssignmentSchema, OverrideSchema } from './assignments.schemas';
import { assignmentSubject } from './assignments.service';
import type { Assignment, MyWork, StudentOverride } from './assignments.types';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** What holds for the caller: for a student their own dates and attempts, for everybody else those of the assignment. */
function termsFor(actor: Principal, found: Assignment) {
  const isStudent = readingRoleIn(actor.access, found.classId) === 'student';
  const override = isStudent ? found.override : null;
  return { isStudent, dates: datesInForce(found, override), maxAttempts: attemptsInForce(found, override) };
}

function abilitiesOf(actor: Principal, found: Assignment, now: Date) {
  const { isStudent, dates, maxAttempts } = termsFor(actor, found);
  const object = assignmentSubject(found);
  const isRetired = found.state === 'archived';
  const isChangeable = !found.isArchived && !isRetired;
  const mayUpdate = isChangeable && can(actor, 'assignment.update', object);
  const hasAttempts = maxAttempts === null || found.mine.attempts < maxAttempts;
  const isExcused = found.override?.excused === true;
  const work = { id: '', userId: '', classId: found.classId, groupPath: found.groupPath, state: 'submitted' };
  return {
    update: mayUpdate,
    publish: mayUpdate && found.state !== 'published',
    override: isChangeable && can(actor, 'assignment.override', object),
    start: isChangeable && isStudent && isOpenAt(now, found.state, dates) && hasAttempts && !isExcused,
    grade: isChangeable && can(actor, 'submission.grade', subject('Submission', work)),
    archive: isChangeable && found.state !== 'draft' && can(actor, 'assignment.archive', object),
    delete: !found.isArchived && can(actor, 'assignment.delete', object),
    restore: !found.isArchived && isRetired && can(actor, 'assignment.restore', object),
  };
}

function presentWork({ attempts, latestSubmissionId, latestState, ...counting }: MyWork) {
  const { countingSubmissionId: submissionId, countingScore: score } = counting;
  return {
    ...{ attempts, latestSubmissionId, latestState },
    grade: submissionId === null ? null : { submissionId, score },
  };
}

/** A student sees the dates and attempts that hold for them. */
export function presentAssignment(
  actor: Principal,
  found: Assignment,
  timeZone: string,
  now: Date,
): z.output<typeof AssignmentSchema> {
  const self = `${API_BASE}/assignments/${found.id}`;
  const { isStudent, dates, maxAttempts } = termsFor(actor, found);
  return {
    id: found.id,
    classId: found.classId,
    className: found.className,
    toolId: found.toolId,
    toolName: found.toolName,
    toolType: found.toolType,
    toolVersion: found.toolVersion,
    pin: found.pin,
    title: found.title,
    instructions: found.instructions,
    opensAt: iso(dates.opensAt),
    dueAt: iso(dates.dueAt),
    closesAt: iso(dates.closesAt),
    timeZone,
    maxAttempts,
    points: found.points,
    latePolicy: found.latePolicy,
    gradePolicy: found.gradePolicy,
    state: found.state,
    publishedAt: iso(found.publishedAt),
    closedAt: iso(found.closedAt),
    mine: isStudent ? { ...presentWork(found.mine), excused: found.override?.excused === true } : null,
    createdAt: found.createdAt.toISOString(),
    updatedAt: found.updatedAt.toISOString(),
    links: {
      self,
      class: `${API_BASE}/classes/${found.classId}`,
      tool: `${API_BASE}/tools/${found.toolId}`,
      submissions: `${self}/submissions`,
    },
    can: abilitiesOf(actor, found, now),
  };
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
