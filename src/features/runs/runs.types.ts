import type { z } from 'zod';
import type { RunRow, RunWithInputRow, RunWithOutputRow } from './runs.sql';

export type { RunFilters, RunTarget } from './runs.sql';

export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** The progress of a run, in words that a client can show. */
export type RunProgress = 'waiting' | 'asking_model' | 'repairing_answer' | 'done';

/** One use of a product tool, without its input and output. */
export type Run = z.output<typeof RunRow>;
export type RunWithInput = z.output<typeof RunWithInputRow>;
export type RunWithOutput = z.output<typeof RunWithOutputRow>;

export interface CreateRunInput {
  /** Exactly one of the two. */
  toolId?: string | undefined;
  submissionId?: string | undefined;
  input: unknown;
}

/** The progress of a run in words for clients. Pure. */
export function runProgressOf(run: Pick<Run, 'state' | 'isRepairing'>): RunProgress {
  if (run.state === 'queued') return 'waiting';
  if (run.state === 'running') return run.isRepairing ? 'repairing_answer' : 'asking_model';
  return 'done';
}

export function isFinishedRun(state: RunState): boolean {
  return state !== 'queued' && state !== 'running';
}
