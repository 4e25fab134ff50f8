export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** How far a run is, in words that a client can show. */
export type RunProgress = 'waiting' | 'asking_model' | 'repairing_answer' | 'done';

/** One use of a product tool, without what went in and came out. */
export interface Run {
  id: string;
  tenantId: string;
  userId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  /** The path of the class's group; null outside of any class. */
  groupPath: string | null;
  submissionId: string | null;
  state: RunState;
  /** Whether a first answer of the model did not fit and is being repaired. */
  isRepairing: boolean;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  /** Whether the provider did not count some of these tokens. */
  tokensEstimated: boolean;
  /** Whether the limit of tokens cut the answer that decided. */
  truncated: boolean;
  /** Stable: `ai.timeout`, `run.output_invalid`. */
  errorCode: string | null;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface RunWithInput extends Run {
  input: unknown;
}

export interface RunWithOutput extends Run {
  output: unknown;
}

export interface CreateRunInput {
  /** Exactly one of the two. */
  toolId?: string | undefined;
  submissionId?: string | undefined;
  input: unknown;
}

export interface RunFilters {
  classId?: string | undefined;
  userId?: string | undefined;
  toolId?: string | undefined;
  submissionId?: string | undefined;
  state?: RunState | undefined;
}

/** What a run works with: the tool version that it is pinned to, and whose costs it makes. */
export interface RunTarget {
  tenantId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  submissionId: string | null;
}

export function progressOf(run: Pick<Run, 'state' | 'isRepairing'>): RunProgress {
  if (run.state === 'queued') return 'waiting';
  if (run.state === 'running') return run.isRepairing ? 'repairing_answer' : 'asking_model';
  return 'done';
}

export function isFinished(state: RunState): boolean {
  return state !== 'queued' && state !== 'running';
}
