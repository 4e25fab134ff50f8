import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { EndedRow, endRun, type RunEnding } from './runs.sql';

const WORK = {
  id: true,
  tenantId: true,
  userId: true,
  toolId: true,
  toolVersion: true,
  classId: true,
  state: true,
  input: true,
  draftOutput: true,
  errorCode: true,
} as const satisfies Prisma.RunSelect;

/** A run as the one who executes it needs it. */
export interface RunWork extends Prisma.RunGetPayload<{ select: typeof WORK }> {
  /** The group that bears its costs: the class's, or the tool's own where that is of the same tenant. */
  groupId: string | null;
}

const LostRow = z.object({ id: z.string() });

/** The worker's side of the table: each write names the states it may leave, so that a second attempt changes nothing. */
export class RunExecutionRepository {
  constructor(private readonly db: Database) {}

  async findWork(id: string): Promise<RunWork | null> {
    const found = await this.db.prisma.run.findUnique({
      where: { id },
      select: {
        ...WORK,
        class: { select: { groupId: true } },
        version: { select: { tool: { select: { tenantId: true, groupId: true } } } },
      },
    });
    if (found === null) return null;
    const { class: schoolClass, version, ...run } = found;
    const toolGroupId = version.tool.tenantId === run.tenantId ? version.tool.groupId : null;
    return { ...run, groupId: schoolClass?.groupId ?? toolGroupId };
  }

  /** From queued to running, unless somebody wants it cancelled. @returns whether it did. */
  async begin(id: string): Promise<boolean> {
    const begun = await this.db.prisma.run.updateMany({
      where: { id, state: 'queued', cancelRequestedAt: null },
      data: { state: 'running', startedAt: new Date() },
    });
    return begun.count > 0;
  }

  /** Keeps an answer that did not fit. @returns false where the run has ended meanwhile. */
  async storeDraft(id: string, text: string): Promise<boolean> {
    const where = { id, state: 'running' } as const;
    return (await this.db.prisma.run.updateMany({ where, data: { draftOutput: text } })).count > 0;
  }

  /** Ends the run if it is in one of these states. @returns its tenant, or null if it was in none. */
  async end(
    id: string,
    from: readonly ('queued' | 'running')[],
    ending: RunEnding,
  ): Promise<{ tenantId: string } | null> {
    return this.db.row(endRun(id, from, ending), EndedRow);
  }

  /**
   * Runs that no workflow will end any more: refused by Temporal, or started so long ago that their workflow has gone.
   */
  async listLost(olderThanHours: number, limit: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT r.id FROM runs r JOIN outbox o ON o.subject_id = r.id AND o.operation = 'start' AND o.workflow_id = 'run/' || r.id
          WHERE r.state IN ('queued', 'running')
            AND (o.state = 'failed' OR (o.state = 'started' AND o.started_at < now() - make_interval(hours => ${olderThanHours})))
          ORDER BY r.created_at LIMIT ${limit}`,
      LostRow,
    );
    return rows.map((row) => row.id);
  }
}
