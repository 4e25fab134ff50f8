import type { WorkflowQueue } from '../../shared/task-queues';

export { TASK_QUEUES, type TaskQueue } from '../../shared/task-queues';

/**
 * What all users of a workflow agree on: its name, queue and the id of one execution. It is pure, because
 * both the workflow sandbox and the API read it. Inputs carry ids, codes and counts, never personal data.
 */
export interface WorkflowContract<Input> {
  readonly name: string;
  readonly taskQueue: WorkflowQueue;
  /** The same input always gives the same id, so that Temporal refuses a second start. */
  readonly workflowId: (input: Input) => string;
  /** One line for operators in the Temporal UI. */
  readonly summary: (input: Input) => string;
  /**
   * Whether operators may restart a failed workflow with the same input: it continues where it stopped.
   * Otherwise a failed one stays failed, because its row in the database says so too.
   */
  readonly restartable?: boolean;
}
