import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ExportExecution } from '../../src/features/exports';
import type { ExportProgress } from '../../src/features/exports/exports.contract';
import type { Logger } from '../../src/platform/logging/logger';
import { type ActivityRun, runActivity } from '../shared/activity';
import { toActivityFailure } from '../shared/activity-errors';

/** An unknown failure may be a temporary fault of a library; five in a row are a fault of ours. */
const INTERNAL_ATTEMPTS = 5;

export interface ExportDataDeps {
  execution: Pick<ExportExecution, 'begin' | 'writeRows' | 'finish' | 'fail' | 'cancel'>;
  /** Aborted when the worker is to stop. */
  stopping: AbortSignal;
  logger: Logger;
}

/**
 * The steps of an export. Each step may run twice or be killed at any point: the stored parts count, and
 * the result is the same.
 */
export function createExportDataActivities({ execution, stopping, logger }: ExportDataDeps) {
  /** An unreachable database or storage is waited for; an unknown failure is not retried for hours. */
  const step = (work: (run: ActivityRun) => Promise<ExportProgress>): Promise<ExportProgress> =>
    runActivity(logger, async (run) => {
      try {
        return await work(run);
      } catch (error) {
        const { type } = toActivityFailure(error);
        const isHopeless = type === 'internal' && Context.current().info.attempt >= INTERNAL_ATTEMPTS;
        if (!isHopeless || run.signal.aborted) throw error;
        logger.error('an export failed for good', { error });
        throw ApplicationFailure.nonRetryable(type, type);
      }
    });

  return {
    /** Safe to repeat: what was fixed stays fixed. */
    beginExport: (exportId: string) => step(() => execution.begin(exportId)),

    /**
     * Safe to repeat: continues after the last stored part. A worker that is to stop leaves the next part
     * to another worker.
     */
    writeExportRows: (exportId: string) =>
      step((run) =>
        execution.writeRows(exportId, {
          signal: run.signal,
          stopping,
          onPart: (done) => run.heartbeat(done),
        }),
      ),

    /** Safe to repeat: the same parts make the same file. */
    finishExport: (exportId: string) => step((run) => execution.finish(exportId, run.signal)),

    /** Safe to repeat: an ended export does not change. */
    failExport: (exportId: string, code: string) => runActivity(logger, () => execution.fail(exportId, code)),

    /** Safe to repeat: an ended export does not change. */
    cancelExport: (exportId: string) => runActivity(logger, () => execution.cancel(exportId)),
  };
}

export type ExportDataActivities = ReturnType<typeof createExportDataActivities>;
