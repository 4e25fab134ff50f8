import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { empty, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
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

/** A run as its execution needs it. */
export interface RunWork extends Prisma.RunGetPayload<{ select: typeof WORK }> {
  /** The group that pays: the class's, or the tool's own if that is of the same tenant. */
  groupId: string | null;
}

const LostRow = z.object({ id: z.string(), isLost: z.boolean() });

/**
 * The worker's side of the table. Each write names the states it may leave, so that a second attempt
 * changes nothing.
 */
export class RunExecutionRepository {
  constructor(private readonly db: Database) {}

  /** Returns the run with its tool version and everything else that its execution needs. */
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

  /** Moves a run from queued to running, unless it is to be cancelled. @returns whether it did */
  async begin(id: string): Promise<boolean> {
    const begun = await this.db.prisma.run.updateMany({
      where: { id, state: 'queued', cancelRequestedAt: null },
      data: { state: 'running', startedAt: new Date() },
    });
    return begun.count > 0;
  }

  /** Stores an answer that did not match the schema. @returns false if the run has ended meanwhile */
  async storeDraft(id: string, text: string): Promise<boolean> {
    const where = { id, state: 'running' } as const;
    return (await this.db.prisma.run.updateMany({ where, data: { draftOutput: text } })).count > 0;
  }

  /** Ends the run if it is in one of these states. @returns its tenant, or null if it was in none of them */
  async end(
    id: string,
    from: readonly ('queued' | 'running')[],
    ending: RunEnding,
  ): Promise<{ tenantId: string } | null> {
    return this.db.row(endRun(id, from, ending), EndedRow);
  }

  /**
   * Returns the next unfinished runs, by id. A run is lost if no workflow will end it any more: Temporal
   * refused its start, or it started so long ago that its workflow is gone.
   */
  async nextUnfinished(
    olderThanHours: number,
    after: string | null,
    limit: number,
  ): Promise<{ id: string; isLost: boolean }[]> {
    const behind = after === null ? empty : sql`AND id > ${after}::uuid`;
    return this.db.rows(
      sql`SELECT
            r.id,
            EXISTS (
              SELECT
              FROM outbox o
              WHERE o.workflow_id = 'run/' || r.id
                AND o.operation = 'start'
                AND (o.state = 'failed' OR (
                  o.state = 'started'
                  AND o.started_at < now() - make_interval(hours => ${olderThanHours}::int)))) AS "isLost"
          FROM (
            SELECT id
            FROM runs
            WHERE state IN ('queued', 'running') ${behind}
            ORDER BY id
            ${limitTo(limit)}) r
          ORDER BY r.id`,
      LostRow,
    );
  }
}
