import type { PlannedWork } from '../plan/work.types';
import { teacherOf } from './assignments';
import type { Stage } from './stage';

/** An attempt that was created, with the tool version that it got. */
export interface BuiltSubmission {
  id: string;
  toolId: string;
  toolVersion: number;
}

/**
 * Work without a written answer gets a sentence, because chats and runs are stored only after all submissions
 * and an empty submission is refused.
 */
function answerOf({ answer, chat, submittedAt }: PlannedWork): string {
  if (answer !== '' || submittedAt === null) return answer;
  return chat === null ? 'My work is the result of the tool.' : 'My work is in the chat.';
}

/** Plays one student's work on an assignment until they submit it. */
export async function buildSubmission(
  stage: Stage,
  assignmentId: string,
  work: PlannedWork,
): Promise<BuiltSubmission> {
  const { service, starts } = stage.container.submissions;
  return stage.as(work.student.email, async (principal) => {
    stage.clock.set(work.startedAt);
    const { submission } = await starts.startSubmission(principal, assignmentId);
    const { id, toolId, toolVersion } = submission;
    if (work.submittedAt !== null) stage.clock.set(work.submittedAt);
    const answer = answerOf(work);
    if (answer !== '') await service.saveAnswer(principal, id, answer, null);
    if (work.submittedAt !== null) await service.submit(principal, id);
    return { id, toolId, toolVersion };
  });
}

/** Plays what the teacher does with the submission. */
export async function buildGrade(
  stage: Stage,
  submissionId: string,
  { assignment, grade }: PlannedWork,
): Promise<void> {
  if (grade === null) return;
  const { grading } = stage.container.submissions;
  await stage.as(teacherOf(assignment), async (principal) => {
    const { score, feedback, at, returnedAt } = grade;
    stage.clock.set(at);
    await grading.grade(principal, submissionId, { score, feedback }, null);
    if (returnedAt === null) return;
    stage.clock.set(returnedAt);
    await grading.returnSubmission(principal, submissionId, {}, null);
  });
}
