import { type ExportProgress, exportDataContract } from '../../src/features/exports/exports.contract';
import type { StubbedJob } from './stubbed-job';

const EXPORT_ID = '0197a000-0000-7000-8000-0000000000e1';
const TOTAL = 12_000;

const at = (rows: number, change: Partial<ExportProgress> = {}): ExportProgress => ({
  state: 'running',
  rows,
  total: TOTAL,
  percent: Math.min(99, Math.floor((100 * rows) / TOTAL)),
  secondsLeft: 3,
  rowsComplete: rows === TOTAL,
  code: null,
  ...change,
});

/** An export of three parts whose steps are stubs. */
export function stubbedExport(): StubbedJob {
  let rows = 0;
  return {
    job: 'export-data',
    contract: exportDataContract,
    input: { exportId: EXPORT_ID },
    activities: {
      beginExport: () => {
        rows = 0;
        return Promise.resolve(at(0));
      },
      writeExportRows: () => {
        rows = Math.min(TOTAL, rows + 5_000);
        return Promise.resolve(at(rows));
      },
      finishExport: () => Promise.resolve(at(TOTAL, { state: 'succeeded', percent: 100, secondsLeft: null })),
      failExport: (_id: string, code: string) => Promise.resolve(at(rows, { state: 'failed', code })),
      cancelExport: () => Promise.resolve(at(rows, { state: 'cancelled' })),
    },
  };
}
