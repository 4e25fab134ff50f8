import { z } from 'zod';
import type { Database } from '../db/database';
import { sql } from '../db/sql';
import { limitTo } from '../db/walk';

const ClaimedRow = z.object({
  id: z.string(),
  operation: z.enum(['start', 'cancel']),
  workflow: z.string(),
  taskQueue: z.string(),
  workflowId: z.string(),
  input: z.unknown(),
  summary: z.string(),
  tenantId: z.string().nullable(),
  subjectId: z.string().nullable(),
  attempts: z.number(),
  /** The trace of the request that asked for it, if that was traced. */
  traceparent: z.string().nullable(),
});
export type ClaimedEntry = z.infer<typeof ClaimedRow>;

const LagRow = z.object({ pending: z.number(), failed: z.number(), oldestSeconds: z.number() });
/** How far the relay is behind. */
export type OutboxLag = z.infer<typeof LagRow>;

/** The relay's side of the outbox table. */
export class OutboxRepository {
  constructor(private readonly db: Database) {}

  /**
   * Claims due rows for `leaseSeconds`: no other relay gets them for that long, and if this process dies
   * they are due again afterwards. A cancellation is due only after the start of its workflow is settled.
   */
  async claim(limit: number, leaseSeconds: number): Promise<ClaimedEntry[]> {
    return this.db.rows(
      sql`UPDATE outbox o
          SET attempts = o.attempts + 1, available_at = now() + make_interval(secs => ${leaseSeconds})
          FROM (
            SELECT c.id
            FROM outbox c
            WHERE c.state = 'pending'
              AND c.available_at <= now()
              AND (c.operation = 'start' OR NOT EXISTS (
                SELECT 1
                FROM outbox s
                WHERE s.workflow_id = c.workflow_id AND s.operation = 'start' AND s.state = 'pending'))
            ORDER BY c.available_at, c.id
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED) due
          WHERE o.id = due.id
          RETURNING
            o.id,
            o.operation,
            o.workflow,
            o.task_queue AS "taskQueue",
            o.workflow_id AS "workflowId",
            o.input,
            o.summary,
            o.tenant_id AS "tenantId",
            o.subject_id AS "subjectId",
            o.attempts,
            o.traceparent`,
      ClaimedRow,
    );
  }

  /** Marks rows as done: Temporal has their workflows. */
  async markStarted(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.db.prisma.outboxRow.updateMany({
      where: { id: { in: [...ids] }, state: 'pending' },
      data: { state: 'started', startedAt: new Date(), lastError: null },
    });
  }

  /** Marks a row that is not retried any more. */
  async markFailed(id: string, error: string): Promise<void> {
    await this.db.prisma.outboxRow.updateMany({
      where: { id, state: 'pending' },
      data: { state: 'failed', lastError: error },
    });
  }

  /** Schedules a retry after the pause. */
  async markRetry(id: string, error: string, pauseSeconds: number): Promise<void> {
    await this.db.prisma.outboxRow.updateMany({
      where: { id, state: 'pending' },
      data: { lastError: error, availableAt: new Date(Date.now() + pauseSeconds * 1_000) },
    });
  }

  /** Releases claimed rows unchanged because Temporal is unreachable. */
  async release(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.db.prisma.outboxRow.updateMany({
      where: { id: { in: [...ids] }, state: 'pending' },
      data: { availableAt: new Date(), attempts: { decrement: 1 } },
    });
  }

  /** Counts pending and failed rows, and measures the age of the oldest pending one in seconds. */
  async lag(): Promise<OutboxLag> {
    const row = await this.db.row(
      sql`SELECT
            count(*) AS pending,
            (SELECT count(*) FROM outbox WHERE state = 'failed') AS failed,
            coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestSeconds"
          FROM outbox
          WHERE state = 'pending'`,
      LagRow,
    );
    return row ?? { pending: 0, failed: 0, oldestSeconds: 0 };
  }
}
