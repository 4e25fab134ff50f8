import { newId } from '../../shared/ids';
import { currentTraceparent } from '../../telemetry/trace';
import type { Database } from '../db/database';
import { type Sql, sql } from '../db/sql';
import type { WorkflowContract } from '../temporal/contract';

export interface OutboxEntry<Input> {
  input: Input;
  tenantId: string | null;
  /** The id of the job's subject; it becomes the search attribute RaptSubjectId. */
  subjectId: string;
}

/**
 * Requests jobs in the transaction that needs them. The relay in the worker starts them, so a request does
 * not depend on Temporal, and a job can neither be lost nor started twice.
 */
export class Outbox {
  constructor(private readonly db: Database) {}

  /**
   * Starts the workflow after the ambient transaction has committed. Two requests for the same id are one
   * start.
   */
  async start<Input>(contract: WorkflowContract<Input>, entry: OutboxEntry<Input>): Promise<void> {
    await this.db.execute(insertRow('start', contract, entry));
  }

  /** Cancels the workflow after the ambient transaction has committed; an ended one stays as it is. */
  async cancel<Input>(contract: WorkflowContract<Input>, entry: OutboxEntry<Input>): Promise<void> {
    await this.db.execute(insertRow('cancel', contract, entry));
  }
}

function insertRow<Input>(
  operation: 'start' | 'cancel',
  contract: WorkflowContract<Input>,
  { input, tenantId, subjectId }: OutboxEntry<Input>,
): Sql {
  return sql`INSERT INTO outbox (
               id, tenant_id, operation, workflow, task_queue, workflow_id, input, summary, subject_id,
               traceparent)
             VALUES (
               ${newId()}::uuid, ${tenantId}::uuid, ${operation}, ${contract.name}, ${contract.taskQueue},
               ${contract.workflowId(input)}, ${JSON.stringify(input)}::jsonb, ${contract.summary(input)},
               ${subjectId}::uuid, ${currentTraceparent()}::text)
             ON CONFLICT (workflow_id, operation) DO NOTHING`;
}
