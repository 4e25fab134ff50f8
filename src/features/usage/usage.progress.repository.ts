import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { newId } from '../../shared/ids';
import type { DayWindow } from './usage.days';
import {
  advanceProgress,
  MomentRow,
  StateRow,
  selectDueDays,
  selectStates,
  selectTenants,
  selectUntouchedBacklog,
  selectVisibleThrough,
  WindowRow,
} from './usage.progress.sql';
import type { UsageState } from './usage.types';

/** A day as models accept it. */
const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** Stores how far each tenant is aggregated. */
export class UsageProgressRepository {
  constructor(private readonly db: Database) {}

  /** Lists tenants that have used a model, including archived ones, by id. */
  async listTenantIds(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.db.rows(selectTenants(after, limit), IdRow);
    return rows.map(({ id }) => id);
  }

  /** Whether a tenant was never aggregated and has more calls than this. */
  async hasUntouchedBacklog(calls: number): Promise<boolean> {
    return (await this.db.execute(selectUntouchedBacklog(calls))) > 0;
  }

  /**
   * Reads the progress of the tenants (null: all). Nothing is above the root's settings, so its zone is the
   * one in force.
   */
  async states(tenantIds: readonly string[] | null): Promise<UsageState[]> {
    return this.db.rows(selectStates(tenantIds), StateRow);
  }

  /** The moment up to which settlements are certainly visible from now on. */
  async visibleThrough(): Promise<Date> {
    const row = await this.db.row(selectVisibleThrough(), MomentRow);
    return (row as { moment: Date }).moment;
  }

  /** Lists aggregated days with calls that were settled since. */
  async listDueDays({ tenantId, settledThrough, closedUntil }: UsageState): Promise<DayWindow[]> {
    return this.db.rows(selectDueDays(tenantId, settledThrough, closedUntil), WindowRow);
  }

  /**
   * Takes the tenant's lock until the transaction ends; `settledThrough` is where a new tenant begins.
   * @returns its current progress
   */
  async lock(
    tenantId: string,
    settledThrough = new Date(0),
  ): Promise<Pick<UsageState, 'lastDay' | 'closedUntil'>> {
    await this.db.prisma.usageProgress.createMany({
      data: [{ id: newId(), tenantId, settledThrough }],
      skipDuplicates: true,
    });
    const select = { lastDay: true, closedUntil: true } as const;
    const row = await this.db.prisma.usageProgress.lock({ where: { tenantId }, select });
    return {
      lastDay: row?.lastDay?.toISOString().slice(0, 10) ?? null,
      closedUntil: row?.closedUntil ?? null,
    };
  }

  /** Records a day as aggregated. */
  async closeDay(tenantId: string, timeZone: string, { day, startsAt, endsAt }: DayWindow): Promise<void> {
    const { prisma } = this.db;
    const window = { day: dateOf(day), timeZone, startsAt, endsAt };
    await prisma.usageDay.create({ data: { id: newId(), tenantId, ...window }, select: { id: true } });
    await prisma.usageProgress.updateMany({
      where: { tenantId },
      data: { lastDay: window.day, closedUntil: endsAt },
    });
  }

  /** Records that all settlements before this moment are in their days. */
  async advance(tenantId: string, settledThrough: Date): Promise<void> {
    await this.db.execute(advanceProgress(tenantId, settledThrough));
  }
}
