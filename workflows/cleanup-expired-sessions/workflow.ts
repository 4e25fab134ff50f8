import { proxyActivities } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { CleanupActivities } from './activities';
import type { CleanupExpiredSessionsInput, CleanupExpiredSessionsResult } from './contract';

const { completeIdleSessions, endLostRuns, settleAbandonedCalls } = proxyActivities<CleanupActivities>(SWEEP);

/**
 * Closes sessions, runs and calls whose time is over. The parts are independent; the next hour's run does
 * what one part leaves undone.
 */
export async function cleanupExpiredSessions({
  idleHours,
}: CleanupExpiredSessionsInput): Promise<CleanupExpiredSessionsResult> {
  const sessions = await completeIdleSessions(idleHours);
  const runs = await endLostRuns();
  const calls = await settleAbandonedCalls();
  return { sessions, runs, calls };
}
