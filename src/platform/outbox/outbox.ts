import { newId } from '../../shared/ids';
import { currentTraceparent } from '../../telemetry/trace';
import type { Database } from '../db/database';
import { type Sql, sql } from '../db/sql';
import type { WorkflowContract } from '../temporal/contract';

export interface OutboxEntry<Input> {
  input: Input;
  tenantId: string | null;
  /** The id of what the job is about; becomes the search attribute RaptSubjectId. */
  subjectId: string;
}

/**
 * Asks for jobs in the transaction that wants them. The relay in the worker does the rest, so a request needs
 * Temporal neither to be up nor to answer, and a job can neither be lost nor started twice.
 */
export class Outbox {
  constructor(private readonly db: Database) {}

  /** Has the workflow started once the ambient transaction has committed. Asking twice for the same id is one start. */
  async start<Input>(contract: WorkflowContract<Input>, entry: OutboxEntry<Input>): Promise<void> {
    await this.db.execute(insertRow('start', contract, entry));
  }

  /** Has the workflow cancelled once the ambient transaction has committed; one that has ended stays as it is. */
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
               id, tenant_id, operation, workflow, task_queue, workflow_id, input, summary, subject_id, traceparent)
             VALUES (
               ${newId()}::uuid, ${tenantId}::uuid, ${operation}, ${contract.name}, ${contract.taskQueue},
               ${contract.workflowId(input)}, ${JSON.stringify(input)}::jsonb, ${contract.summary(input)},
               ${subjectId}::uuid, ${currentTraceparent()}::text)
             ON CONFLICT (workflow_id, operation) DO NOTHING`;
}
