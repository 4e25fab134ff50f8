export const TASK_QUEUES = ['default', 'ai-runs', 'exports', 'sync'] as const;
export type TaskQueue = (typeof TASK_QUEUES)[number];

/**
 * What everybody who has to do with a workflow agrees on: its name, queue and the id of one execution. Pure, as both
 * the workflow sandbox and the API read it. Inputs carry ids, codes and counts, never people's data.
 */
export interface WorkflowContract<Input> {
  readonly name: string;
  readonly taskQueue: TaskQueue;
  /** The same input always gives the same id: a second start is refused by Temporal. */
  readonly workflowId: (input: Input) => string;
  /** One line for operations in the Temporal UI. */
  readonly summary: (input: Input) => string;
}
