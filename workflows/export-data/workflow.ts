import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  EXPORT_DATA_PROGRESS_QUERY,
  type ExportDataInput,
  type ExportProgress,
} from '../../src/features/exports/exports.contract';
import { failureCode } from '../shared/failure-code';
import { MUST_HAPPEN } from '../shared/retry-profiles';
import type { ExportDataActivities } from './activities';

const { failExport, cancelExport } = proxyActivities<ExportDataActivities>(MUST_HAPPEN);

/**
 * An outage of database or storage is waited for, with one attempt per minute, for as long as the file is
 * still useful to its requester.
 */
const PATIENT = {
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  // An export that finishes at the moment of its cancellation is done.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

const { beginExport, writeExportRows } = proxyActivities<ExportDataActivities>({
  ...PATIENT,
  // Enough to count a large district, or to write ten seconds of rows and finish the current part. Each
  // statement ends within two minutes.
  startToCloseTimeout: '10 minutes',
});

const { finishExport } = proxyActivities<ExportDataActivities>({
  ...PATIENT,
  // Enough for gigabytes to a bucket over a slow line.
  startToCloseTimeout: '2 hours',
});

export const exportDataProgress = defineQuery<ExportProgress>(EXPORT_DATA_PROGRESS_QUERY);

const QUEUED: ExportProgress = {
  state: 'queued',
  rows: 0,
  total: null,
  percent: 0,
  secondsLeft: null,
  rowsComplete: false,
  code: null,
};

/**
 * Runs one export: begins it, stores the rows part by part, and assembles the file. Whatever happens, the
 * export's row ends too.
 */
export async function exportData(input: ExportDataInput): Promise<ExportProgress> {
  const { exportId } = input;
  let progress = QUEUED;
  let isUnfinished = false;
  setHandler(exportDataProgress, () => progress);
  try {
    progress = await beginExport(exportId);
    while (progress.state === 'running' && !progress.rowsComplete) {
      progress = await writeExportRows(exportId);
      if (workflowInfo().continueAsNewSuggested && !progress.rowsComplete) break;
    }
    isUnfinished = progress.state === 'running' && !progress.rowsComplete;
    if (progress.state === 'running' && !isUnfinished) progress = await finishExport(exportId);
  } catch (error) {
    isUnfinished = false;
    progress = await CancellationScope.nonCancellable(() =>
      isCancellation(error) ? cancelExport(exportId) : failExport(exportId, failureCode(error, 'export')),
    );
    if (progress.state === 'cancelled' && isCancellation(error)) throw error;
  }
  // After hours of rows it continues in a new execution. The row records its progress, so the input does
  // not.
  if (isUnfinished) await continueAsNew<typeof exportData>(input);
  // Fails so that operators see it.
  if (progress.state === 'failed')
    throw ApplicationFailure.nonRetryable(progress.code ?? 'failed', progress.code ?? 'failed');
  return progress;
}
