import { defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { RemindDueAssignmentsActivities } from './activities';
import {
  REMIND_DUE_ASSIGNMENTS_PROGRESS_QUERY,
  type RemindDueAssignmentsProgress,
  type RemindDueAssignmentsResult,
} from './contract';

const { remindOfDueAssignments } = proxyActivities<RemindDueAssignmentsActivities>(SWEEP);

export const remindDueAssignmentsProgress = defineQuery<RemindDueAssignmentsProgress>(
  REMIND_DUE_ASSIGNMENTS_PROGRESS_QUERY,
);

/** Runs one round of reminders. The next round does what it leaves undone. */
export async function remindDueAssignments(): Promise<RemindDueAssignmentsResult> {
  let progress: RemindDueAssignmentsProgress = 'reminding';
  setHandler(remindDueAssignmentsProgress, () => progress);
  const reminders = await remindOfDueAssignments();
  progress = 'ended';
  return { reminders };
}
