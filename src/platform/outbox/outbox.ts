import { newId } from '../../shared/ids';
import { currentTraceparent } from '../../telemetry/trace';
import type { Database } from '../db/database';
import { empty, type Sql, sql } from '../db/sql';
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
    await this.db.execute(this.startStatement(contract, entry));
  }

  /** Has the workflow cancelled once the ambient transaction has committed; one that has ended stays as it is. */
  async cancel<Input>(contract: WorkflowContract<Input>, entry: OutboxEntry<Input>): Promise<void> {
    await this.db.execute(this.cancelStatement(contract, entry));
  }

  /**
   * The INSERT behind `start`, for a service that does its whole work in one statement: `WITH job AS (…)`.
   * @param from where the row depends on another CTE: `FROM created`.
   */
  startStatement<Input>(
    contract: WorkflowContract<Input>,
    entry: OutboxEntry<Input>,
    from: Sql = empty,
  ): Sql {
    return insertStatement('start', contract, entry, from);
  }

  /** The same for `cancel`. */
  cancelStatement<Input>(
    contract: WorkflowContract<Input>,
    entry: OutboxEntry<Input>,
    from: Sql = empty,
  ): Sql {
    return insertStatement('cancel', contract, entry, from);
  }
}

function insertStatement<Input>(
  operation: 'start' | 'cancel',
  contract: WorkflowContract<Input>,
  entry: OutboxEntry<Input>,
  from: Sql,
): Sql {
  return sql`INSERT INTO outbox (id, tenant_id, operation, workflow, task_queue, workflow_id, input, summary, subject_id, traceparent)
    SELECT ${newId()}::uuid, ${entry.tenantId}::uuid, ${operation}, ${contract.name}, ${contract.taskQueue},
           ${contract.workflowId(entry.input)}, ${JSON.stringify(entry.input)}::jsonb, ${contract.summary(entry.input)}, ${entry.subjectId}::uuid,
           ${currentTraceparent()}::text
    ${from}
    ON CONFLICT (workflow_id, operation) DO NOTHING`;
}
