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

/** An outage of database or storage is waited for, asking once a minute, for as long as somebody still wants the file. */
const PATIENT = {
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  // An export that is done in the moment of its cancellation is done.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

const { beginExport, writeExportRows } = proxyActivities<ExportDataActivities>({
  ...PATIENT,
  // Counting a large district, or ten seconds of rows and the part in hand; each statement ends within two minutes.
  startToCloseTimeout: '10 minutes',
});

const { finishExport } = proxyActivities<ExportDataActivities>({
  ...PATIENT,
  // Gigabytes to a bucket over a slow line.
  startToCloseTimeout: '2 hours',
});

export const progressQuery = defineQuery<ExportProgress>(EXPORT_DATA_PROGRESS_QUERY);

const QUEUED: ExportProgress = {
  state: 'queued',
  rows: 0,
  total: null,
  percent: 0,
  secondsLeft: null,
  rowsComplete: false,
  code: null,
};

/** One export: begin, store the rows part by part, put the file together. Whatever happens, the export's row ends too. */
export async function exportData(input: ExportDataInput): Promise<ExportProgress> {
  const { exportId } = input;
  let progress = QUEUED;
  let isUnfinished = false;
  setHandler(progressQuery, () => progress);
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
  // After hours of rows; how far it is stands in the row, not here.
  if (isUnfinished) await continueAsNew<typeof exportData>(input);
  // So that operations see it as failed, too.
  if (progress.state === 'failed')
    throw ApplicationFailure.nonRetryable(progress.code ?? 'failed', progress.code ?? 'failed');
  return progress;
}
