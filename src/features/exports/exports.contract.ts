import type { WorkflowContract } from '../../platform/temporal/contract';

export interface ExportDataInput {
  exportId: string;
  /** Codes for the summary; missing in exports that were started before the field existed. */
  kind?: string;
  format?: string;
}

/**
 * The progress of an export: the answer of the workflow's `progress` query, and its result. `gone` if it
 * was deleted.
 */
export interface ExportProgress {
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'gone';
  /** Rows that are stored. */
  rows: number;
  /** All rows; null before they are counted, and for reports. */
  total: number | null;
  /** 0 to 100; 100 when the file exists. */
  percent: number;
  /** An estimate; null if nothing is known yet. */
  secondsLeft: number | null;
  /** Whether all rows are stored, so that the file can be assembled. */
  rowsComplete: boolean;
  /** Why it failed. */
  code: string | null;
}

export const EXPORT_DATA_PROGRESS_QUERY = 'progress';

/** The contract of the workflow that makes one file. */
export const exportDataContract: WorkflowContract<ExportDataInput> = {
  name: 'exportData',
  taskQueue: 'exports',
  workflowId: ({ exportId }) => `export/${exportId}`,
  summary: ({ kind, format }) =>
    kind === undefined ? 'Creates an export' : `Creates an export: ${kind} as ${format}`,
};
