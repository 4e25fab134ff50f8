import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import {
  RUN_TOOL_PROGRESS_QUERY,
  type RunToolInput,
  type RunToolProgress,
  type RunToolResult,
} from '../../src/features/runs/runs.contract';
import { failureCode } from '../shared/failure-code';
import { MUST_HAPPEN } from '../shared/retry-profiles';
import type { RunToolActivities } from './activities';

const { beginRun, failRun, cancelRun } = proxyActivities<RunToolActivities>(MUST_HAPPEN);

const { executeRun } = proxyActivities<RunToolActivities>({
  // Two calls of the longest time limit that can be set (10 minutes each), and some minutes for the
  // database.
  startToCloseTimeout: '25 minutes',
  // The worker sends a heartbeat every second, whatever the model does, so a missing one means a dead
  // worker.
  heartbeatTimeout: '10 seconds',
  // Bridges two minutes of outage; a run that kills its worker kills no more than eight.
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 8,
  },
  // A run that succeeds at the moment of its cancellation has succeeded.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const runToolProgress = defineQuery<RunToolProgress>(RUN_TOOL_PROGRESS_QUERY);

/** Runs one product run: begins it, asks the model, ends it. Whatever happens, the run's row ends too. */
export async function runTool({ runId }: RunToolInput): Promise<RunToolResult> {
  let progress: RunToolProgress = 'queued';
  setHandler(runToolProgress, () => progress);
  let outcome: RunToolResult;
  try {
    outcome = await beginRun(runId);
    if (outcome.state === 'running') {
      progress = 'running';
      outcome = await executeRun(runId);
    }
  } catch (error) {
    progress = 'ending';
    outcome = await CancellationScope.nonCancellable(() =>
      isCancellation(error) ? cancelRun(runId) : failRun(runId, failureCode(error, 'run')),
    );
    if (outcome.state === 'cancelled' && isCancellation(error)) throw error;
  }
  progress = 'ended';
  // Fails so that operators see it.
  if (outcome.state === 'failed')
    throw ApplicationFailure.nonRetryable(outcome.code ?? 'failed', outcome.code ?? 'failed');
  return outcome;
}
