import type { ExportProgress } from '../exports.contract';
import type { Export } from '../exports.types';

/** The file exists only at the very end, however many rows are stored. */
const MOST_BEFORE_THE_END = 99;

type Counted = Pick<Export, 'state' | 'rowsDone' | 'rowsTotal' | 'activeMs' | 'errorCode' | 'cursor'>;

const hasSucceeded = ({ state }: Pick<Export, 'state'>): boolean =>
  state === 'succeeded' || state === 'expired';

function percentOf({ state, rowsDone, rowsTotal }: Counted): number {
  if (hasSucceeded({ state })) return 100;
  if (rowsTotal === null || rowsTotal === 0) return 0;
  return Math.min(MOST_BEFORE_THE_END, Math.floor((100 * rowsDone) / rowsTotal));
}

/** The rest takes as long per row as the finished part; waiting for an unreachable server does not count. */
function secondsLeftOf({ state, rowsDone, rowsTotal, activeMs }: Counted): number | null {
  if (state !== 'running' || rowsTotal === null || rowsDone === 0) return null;
  return Math.ceil(((activeMs / rowsDone) * Math.max(0, rowsTotal - rowsDone)) / 1000);
}

/** The progress of an export, with percent and an estimate of the remaining seconds. Pure. */
export function exportProgressOf(found: Counted, rowsComplete = false): ExportProgress {
  return {
    state: found.state,
    rows: found.rowsDone,
    total: found.rowsTotal,
    percent: percentOf(found),
    secondsLeft: secondsLeftOf(found),
    rowsComplete: rowsComplete || hasSucceeded(found),
    code: found.errorCode,
  };
}
