import { defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { OpenAndCloseAssignmentsActivities } from './activities';
import {
  OPEN_AND_CLOSE_ASSIGNMENTS_PROGRESS_QUERY,
  type OpenAndCloseAssignmentsProgress,
  type OpenAndCloseAssignmentsResult,
} from './contract';

const { announceOpenedAssignments, submitEndedWork } =
  proxyActivities<OpenAndCloseAssignmentsActivities>(SWEEP);

export const openAndCloseAssignmentsProgress = defineQuery<OpenAndCloseAssignmentsProgress>(
  OPEN_AND_CLOSE_ASSIGNMENTS_PROGRESS_QUERY,
);

/** Runs one round. The next round does what it leaves undone. */
export async function openAndCloseAssignments(): Promise<OpenAndCloseAssignmentsResult> {
  let progress: OpenAndCloseAssignmentsProgress = 'announcing';
  setHandler(openAndCloseAssignmentsProgress, () => progress);
  const announced = await announceOpenedAssignments();
  progress = 'submitting';
  const submitted = await submitEndedWork();
  progress = 'ended';
  return { announced, submitted };
}
