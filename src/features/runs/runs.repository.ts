import type { Principal } from '../../authz/ability';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import {
  InsertedRunRow,
  insertRun,
  type NewRun,
  RUN_COLUMNS,
  RUN_SORTS,
  RUNS_FROM,
  RunRow,
  RunWithInputRow,
  RunWithOutputRow,
  runConditions,
  selectRun,
} from './runs.sql';
import type { Run, RunFilters, RunWithInput, RunWithOutput } from './runs.types';

const LOCKED = { state: true, tenantId: true, cancelRequestedAt: true } as const satisfies Prisma.RunSelect;

/** A run whose row is locked. */
export type LockedRun = Prisma.RunGetPayload<{ select: typeof LOCKED }>;

export class RunsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /**
   * @returns 'too_many' if the person has `maxUnfinished` unfinished runs, 'submission_ended' if the
   * submission was submitted meanwhile; nothing is written then
   */
  async insert(run: NewRun, maxUnfinished: number): Promise<'created' | 'too_many' | 'submission_ended'> {
    const row = await this.db.row(insertRun(run, maxUnfinished), InsertedRunRow);
    if (row?.isInserted === true) return 'created';
    return (row?.unfinished ?? 0) >= maxUnfinished ? 'too_many' : 'submission_ended';
  }

  async find(id: string): Promise<Run | null> {
    return this.db.row(selectRun(id), RunRow);
  }

  async findWithInput(id: string): Promise<RunWithInput | null> {
    return this.db.row(selectRun(id, 'input'), RunWithInputRow);
  }

  async findWithOutput(id: string): Promise<RunWithOutput | null> {
    return this.db.row(selectRun(id, 'output'), RunWithOutputRow);
  }

  async list(principal: Principal, { filters, sort, page }: ListQuery<RunFilters>): Promise<Page<Run>> {
    return this.lists.list({
      columns: RUN_COLUMNS,
      from: RUNS_FROM,
      where: runConditions(principal, filters),
      sort: sortBy(RUN_SORTS, sort),
      id: sql`r.id`,
      page,
      row: RunRow,
    });
  }

  /** Locks the run until the transaction ends. */
  async lock(id: string): Promise<LockedRun | null> {
    return this.db.prisma.run.lock({ where: { id }, select: LOCKED });
  }

  async cancelQueued(id: string, now: Date): Promise<void> {
    await this.db.prisma.run.updateMany({
      where: { id, state: 'queued' },
      data: { state: 'cancelled', cancelRequestedAt: now, finishedAt: now },
    });
  }

  async requestCancel(id: string, now: Date): Promise<void> {
    await this.db.prisma.run.updateMany({
      where: { id, state: 'running' },
      data: { cancelRequestedAt: now },
    });
  }
}
