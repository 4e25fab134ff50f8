import type { WorkflowContract } from '../../platform/temporal/contract';

export interface ExportDataInput {
  exportId: string;
  /** Codes, for the summary; missing in those that were started before there was one. */
  kind?: string;
  format?: string;
}

/** How far an export is: what the workflow's `progress` query answers, and its result. `gone` where it was deleted. */
export interface ExportProgress {
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'gone';
  /** Rows that are stored. */
  rows: number;
  /** Rows in all; null before they are counted, and for reports. */
  total: number | null;
  /** 0 to 100; 100 once the file is there. */
  percent: number;
  /** An estimate; null where there is nothing to go by. */
  secondsLeft: number | null;
  /** Whether all rows are stored, so that the file can be put together. */
  rowsComplete: boolean;
  /** Why it failed. */
  code: string | null;
}

export const EXPORT_DATA_PROGRESS_QUERY = 'progress';

/** Makes one file. */
export const exportDataContract: WorkflowContract<ExportDataInput> = {
  name: 'exportData',
  taskQueue: 'exports',
  workflowId: ({ exportId }) => `export/${exportId}`,
  summary: ({ kind, format }) =>
    kind === undefined ? 'Creates an export' : `Creates an export: ${kind} as ${format}`,
};
