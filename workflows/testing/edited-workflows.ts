import { proxyActivities, sleep } from '@temporalio/workflow';
import type { CleanupActivities } from '../cleanup-expired-sessions/activities';
import type { RunToolActivities } from '../run-tool/activities';
import { MUST_HAPPEN, SWEEP } from '../shared/retry-profiles';

/**
 * Our workflows as a careless edit could leave them: they still do what they should, yet no running one would survive
 * the deployment. The replay test proves that it would notice.
 */
export async function runTool({ runId }: { runId: string }): Promise<void> {
  const { beginRun, executeRun } = proxyActivities<RunToolActivities>(MUST_HAPPEN);
  await sleep('1 second');
  await beginRun(runId);
  await executeRun(runId);
}

export async function cleanupExpiredSessions({ idleHours }: { idleHours: number }): Promise<void> {
  const { completeIdleSessions, endLostRuns } = proxyActivities<CleanupActivities>(SWEEP);
  await endLostRuns();
  await completeIdleSessions(idleHours);
}
