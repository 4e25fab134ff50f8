import type { Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { pickFields } from '../../shared/fields';
import { mayCancel } from './runs.policy';
import { type Run, type RunWithInput, type RunWithOutput, runProgressOf } from './runs.types';

export const runLocation = (id: string): string => `${API_BASE}/runs/${id}`;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A run without its input and output. */
export function presentRun(principal: Principal, run: Run) {
  const self = runLocation(run.id);
  return {
    ...pickFields(
      run,
      'id',
      'userId',
      'toolId',
      'toolVersion',
      'classId',
      'submissionId',
      'state',
      'errorCode',
      'model',
      'inputTokens',
      'outputTokens',
      'tokensEstimated',
      'truncated',
    ),
    progress: runProgressOf(run),
    cancelRequestedAt: iso(run.cancelRequestedAt),
    startedAt: iso(run.startedAt),
    finishedAt: iso(run.finishedAt),
    createdAt: run.createdAt.toISOString(),
    updatedAt: run.updatedAt.toISOString(),
    links: { self, result: `${self}/result`, cancel: `${self}/cancel` },
    can: { cancel: mayCancel(principal, run) },
  };
}

/** A run with its input. */
export function presentRunDetail(principal: Principal, run: RunWithInput) {
  return { ...presentRun(principal, run), input: run.input };
}

/** The output of a succeeded run. */
export function presentResult(run: RunWithOutput) {
  const { id: runId, toolId, toolVersion, output } = run;
  const finishedAt = (run.finishedAt ?? run.updatedAt).toISOString();
  return { runId, toolId, toolVersion, output, finishedAt, links: { run: runLocation(runId) } };
}
