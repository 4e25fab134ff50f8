import type { WorkflowQueue } from '../../shared/task-queues';

export { TASK_QUEUES, type TaskQueue } from '../../shared/task-queues';

/**
 * What everybody who has to do with a workflow agrees on: its name, queue and the id of one execution. Pure, as both
 * the workflow sandbox and the API read it. Inputs carry ids, codes and counts, never people's data.
 */
export interface WorkflowContract<Input> {
  readonly name: string;
  readonly taskQueue: WorkflowQueue;
  /** The same input always gives the same id: a second start is refused by Temporal. */
  readonly workflowId: (input: Input) => string;
  /** One line for operations in the Temporal UI. */
  readonly summary: (input: Input) => string;
  /**
   * Whether operations may start a failed one once more with the same input: it takes its work up where it was left.
   * Without it a failed one stays failed, since its row in the database says so too.
   */
  readonly restartable?: boolean;
}
