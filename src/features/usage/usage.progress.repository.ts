import type { Database } from '../../platform/db/database';
import { newId } from '../../shared/ids';
import type { DayWindow } from './usage.days';
import {
  advanceProgress,
  IdRow,
  LockRow,
  lockProgress,
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

/** A day as models take it. */
const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** How far each tenant is aggregated. */
export class UsageProgressRepository {
  constructor(private readonly db: Database) {}

  /** Tenants that have used a model, archived ones included, by id. */
  async listTenantIds(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.db.rows(selectTenants(after, limit), IdRow);
    return rows.map(({ id }) => id);
  }

  /** Whether some tenant was never aggregated and has more calls than this. */
  async hasUntouchedBacklog(calls: number): Promise<boolean> {
    return (await this.db.execute(selectUntouchedBacklog(calls))) > 0;
  }

  /** Where the tenants stand (null: all). The root's settings have nothing above them, so its zone is the one in force. */
  async states(tenantIds: readonly string[] | null): Promise<UsageState[]> {
    return this.db.rows(selectStates(tenantIds), StateRow);
  }

  /** The moment up to which what is settled is certainly visible from now on. */
  async visibleThrough(): Promise<Date> {
    const row = await this.db.row(selectVisibleThrough(), MomentRow);
    return (row as { moment: Date }).moment;
  }

  /** Aggregated days that have calls settled since. */
  async listDueDays({ tenantId, settledThrough, closedUntil }: UsageState): Promise<DayWindow[]> {
    return this.db.rows(selectDueDays(tenantId, settledThrough, closedUntil), WindowRow);
  }

  /**
   * Takes the tenant's lock until the transaction ends; `settledThrough` is where the first of all begins.
   * @returns where it stands now.
   */
  async lock(
    tenantId: string,
    settledThrough = new Date(0),
  ): Promise<Pick<UsageState, 'lastDay' | 'closedUntil'>> {
    await this.db.prisma.usageProgress.createMany({
      data: [{ id: newId(), tenantId, settledThrough }],
      skipDuplicates: true,
    });
    const row = await this.db.row(lockProgress(tenantId), LockRow);
    return row ?? { lastDay: null, closedUntil: null };
  }

  /** Adds a day to those that are aggregated. */
  async closeDay(tenantId: string, timeZone: string, { day, startsAt, endsAt }: DayWindow): Promise<void> {
    const { prisma } = this.db;
    const window = { day: dateOf(day), timeZone, startsAt, endsAt };
    await prisma.usageDay.create({ data: { id: newId(), tenantId, ...window }, select: { id: true } });
    await prisma.usageProgress.updateMany({
      where: { tenantId },
      data: { lastDay: window.day, closedUntil: endsAt },
    });
  }

  /** Notes that whatever was settled before this moment is in its day. */
  async advance(tenantId: string, settledThrough: Date): Promise<void> {
    await this.db.execute(advanceProgress(tenantId, settledThrough));
  }
}
