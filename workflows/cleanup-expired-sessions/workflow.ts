import { proxyActivities } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { CleanupActivities } from './activities';
import type { CleanupExpiredSessionsInput, CleanupExpiredSessionsResult } from './contract';

const { completeIdleSessions, endLostRuns, settleAbandonedCalls } = proxyActivities<CleanupActivities>(SWEEP);

/** Closes what time has closed. Each part stands for itself; what one leaves undone the next hour does. */
export async function cleanupExpiredSessions({
  idleHours,
}: CleanupExpiredSessionsInput): Promise<CleanupExpiredSessionsResult> {
  const sessions = await completeIdleSessions(idleHours);
  const runs = await endLostRuns();
  const calls = await settleAbandonedCalls();
  return { sessions, runs, calls };
}
