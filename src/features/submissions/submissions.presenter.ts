import type { z } from 'zod';
import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { SubmissionSchema, SubmissionSummarySchema } from './submissions.schemas';
import { seesDrafts, submissionSubject } from './submissions.service';
import type { Submission, SubmissionSummary } from './submissions.types';
import { reasonNotToGoOn, reasonNotToSubmit } from './submissions.work';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Shows unreturned scores and feedback only to people who grade. */
export function presentSubmissionSummary(
  principal: Principal,
  found: SubmissionSummary,
  now: Date,
): z.output<typeof SubmissionSummarySchema> {
  const object = submissionSubject(found);
  const isGrader = seesDrafts(principal, found);
  const isChangeable = !found.isArchived;
  const isOpen = found.state === 'in_progress';
  return {
    id: found.id,
    assignmentId: found.assignmentId,
    assignmentTitle: found.assignmentTitle,
    classId: found.classId,
    className: found.className,
    user: { id: found.userId, name: found.userName },
    attempt: found.attempt,
    toolId: found.toolId,
    toolVersion: found.toolVersion,
    state: found.state,
    startedAt: found.startedAt.toISOString(),
    submittedAt: iso(found.submittedAt),
    // After submission, the due date in force at that time; before it, the current one.
    dueAt: iso(found.terms === null ? found.dueAtInForce : found.terms.dueAt),
    late: found.late,
    lateBySeconds: found.lateBySeconds,
    autoSubmitted: found.autoSubmitted,
    score: found.releasedScore,
    points: found.points,
    draft: isGrader ? { score: found.draftScore, gradedAt: iso(found.gradedAt) } : null,
    returnedAt: iso(found.returnedAt),
    counts: found.counts,
    createdAt: found.createdAt.toISOString(),
    updatedAt: found.updatedAt.toISOString(),
    links: {
      self: `${API_BASE}/submissions/${found.id}`,
      assignment: `${API_BASE}/assignments/${found.assignmentId}`,
      user: `${API_BASE}/users/${found.userId}`,
    },
    can: {
      update:
        isChangeable && reasonNotToGoOn(found, now) === null && can(principal, 'submission.update', object),
      submit:
        isChangeable && reasonNotToSubmit(found, now) === null && can(principal, 'submission.submit', object),
      grade: isChangeable && !isOpen && can(principal, 'submission.grade', object),
      return: isChangeable && !isOpen && can(principal, 'submission.return', object),
    },
  };
}

/**
 * A guardian gets the returned grade, not the work itself: `answer`, `sessionId` and `runId` are then null.
 */
export function presentSubmission(
  principal: Principal,
  found: Submission,
  now: Date,
): z.output<typeof SubmissionSchema> {
  const { draft, ...summary } = presentSubmissionSummary(principal, found, now);
  const seesAnswer = can(principal, 'submission.read_answer', submissionSubject(found));
  return {
    ...summary,
    toolType: found.toolType,
    answer: seesAnswer ? found.answer : null,
    feedback: found.releasedFeedback,
    draft: draft === null ? null : { ...draft, feedback: found.draftFeedback },
    sessionId: seesAnswer ? found.sessionId : null,
    runId: seesAnswer ? found.runId : null,
  };
}
