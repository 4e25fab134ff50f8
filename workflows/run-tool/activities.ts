import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { AiError } from '../../src/features/ai';
import type { RunExecution } from '../../src/features/runs';
import type { RunToolResult } from '../../src/features/runs/runs.contract';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** The gateway has already retried and tried other models: after this many attempts, no model will answer. */
const MODEL_ATTEMPTS = 3;

export interface RunToolDeps {
  execution: Pick<RunExecution, 'begin' | 'execute' | 'fail' | 'cancel'>;
  logger: Logger;
}

/** The steps of a product run. Each step may run twice; the row's state lets only one of them count. */
export function createRunToolActivities({ execution, logger }: RunToolDeps) {
  return {
    /** Safe to repeat: a run that has begun stays begun. */
    beginRun: (runId: string): Promise<RunToolResult> => runActivity(logger, () => execution.begin(runId)),

    /** Safe to repeat: uses what an earlier attempt stored, and settles its open call as aborted. */
    executeRun: (runId: string): Promise<RunToolResult> =>
      runActivity(logger, async ({ signal }) => {
        try {
          return await execution.execute(runId, signal);
        } catch (error) {
          if (error instanceof AiError && Context.current().info.attempt >= MODEL_ATTEMPTS) {
            throw ApplicationFailure.nonRetryable(error.code, error.code);
          }
          throw error;
        }
      }),

    /** Safe to repeat: an ended run does not change. */
    failRun: (runId: string, code: string): Promise<RunToolResult> =>
      runActivity(logger, () => execution.fail(runId, code)),

    /** Safe to repeat: an ended run does not change. */
    cancelRun: (runId: string): Promise<RunToolResult> => runActivity(logger, () => execution.cancel(runId)),
  };
}

export type RunToolActivities = ReturnType<typeof createRunToolActivities>;
