import { defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { CleanupOldRunsActivities } from './activities';
import {
  CLEANUP_OLD_RUNS_PROGRESS_QUERY,
  type CleanupOldRunsProgress,
  type CleanupOldRunsResult,
} from './contract';

const { deleteOldRuns } = proxyActivities<CleanupOldRunsActivities>(SWEEP);

export const cleanupOldRunsProgress = defineQuery<CleanupOldRunsProgress>(CLEANUP_OLD_RUNS_PROGRESS_QUERY);

/** Deletes runs whose retention time is over. The next night's run takes what one run leaves over. */
export async function cleanupOldRuns(): Promise<CleanupOldRunsResult> {
  let progress: CleanupOldRunsProgress = 'deleting';
  setHandler(cleanupOldRunsProgress, () => progress);
  const runs = await deleteOldRuns();
  progress = 'ended';
  return { runs };
}
