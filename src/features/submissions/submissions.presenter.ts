import type { z } from 'zod';
import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { SubmissionSchema, SubmissionSummarySchema } from './submissions.schemas';
import { seesDrafts, submissionSubject } from './submissions.service';
import type { Submission, SubmissionSummary } from './submissions.types';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** When it last changed in a way that its student can see: a draft grade is none. */
function visibleUpdate({ state, updatedAt, submittedAt, returnedAt }: SubmissionSummary): Date {
  if (state === 'in_progress') return updatedAt;
  return (state === 'submitted' ? submittedAt : returnedAt) ?? updatedAt;
}

/** Scores and feedback that are not returned yet are shown to those who grade, and to nobody else. */
export function presentSummary(
  actor: Principal,
  found: SubmissionSummary,
): z.output<typeof SubmissionSummarySchema> {
  const object = submissionSubject(found);
  const isGrader = seesDrafts(actor, found);
  const isChangeable = !found.isArchived;
  const isOpen = found.state === 'in_progress';
  return {
    id: found.id,
    assignmentId: found.assignmentId,
    assignmentTitle: found.assignmentTitle,
    classId: found.classId,
    user: { id: found.userId, name: found.userName },
    attempt: found.attempt,
    toolId: found.toolId,
    toolVersion: found.toolVersion,
    state: found.state,
    startedAt: found.startedAt.toISOString(),
    submittedAt: iso(found.submittedAt),
    dueAt: iso(found.dueAtInForce),
    late: found.late,
    lateBySeconds: found.lateBySeconds,
    score: found.releasedScore,
    points: found.points,
    draft: isGrader ? { score: found.draftScore, gradedAt: iso(found.gradedAt) } : null,
    returnedAt: iso(found.returnedAt),
    counts: found.counts,
    createdAt: found.createdAt.toISOString(),
    updatedAt: (isGrader ? found.updatedAt : visibleUpdate(found)).toISOString(),
    links: {
      self: `${API_BASE}/submissions/${found.id}`,
      assignment: `${API_BASE}/assignments/${found.assignmentId}`,
      user: `${API_BASE}/users/${found.userId}`,
    },
    can: {
      update: isChangeable && isOpen && can(actor, 'submission.update', object),
      submit: isChangeable && isOpen && can(actor, 'submission.submit', object),
      grade: isChangeable && !isOpen && can(actor, 'submission.grade', object),
      return: isChangeable && !isOpen && can(actor, 'submission.return', object),
    },
  };
}

/** A guardian gets what was returned, not what was written: then `answer`, `sessionId` and `runId` are null. */
export function presentSubmission(actor: Principal, found: Submission): z.output<typeof SubmissionSchema> {
  const { draft, ...summary } = presentSummary(actor, found);
  const seesAnswer = can(actor, 'submission.read_answer', submissionSubject(found));
  return {
    ...summary,
    // What was in force at hand-in stays; until then what is in force now.
    dueAt: iso(found.state === 'in_progress' ? found.dates.dueAt : found.dueAtInForce),
    toolType: found.toolType,
    answer: seesAnswer ? found.answer : null,
    feedback: found.releasedFeedback,
    draft: draft === null ? null : { ...draft, feedback: found.draftFeedback },
    sessionId: seesAnswer ? found.sessionId : null,
    runId: seesAnswer ? found.runId : null,
  };
}
