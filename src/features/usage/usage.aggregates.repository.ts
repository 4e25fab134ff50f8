import type { Database } from '../../platform/db/database';
import {
  type Aggregate,
  ChangedRow,
  MonthRow,
  markMonthFresh,
  RowsRow,
  replaceRows,
  rowsOfCalls,
  rowsOfDays,
  rowsOfJson,
  selectAsJson,
  selectDueMonths,
} from './usage.aggregates.sql';
import type { DayWindow } from './usage.days';

/** Writes the rows of days and months. Rows that are already correct are not written again. */
export class UsageAggregatesRepository {
  constructor(private readonly db: Database) {}

  /** Makes the rows of a day equal to its calls. @returns how many rows changed */
  async writeDay(tenantId: string, window: DayWindow): Promise<number> {
    const { day } = window;
    const fresh = this.db.hasReplica
      ? rowsOfJson(await this.readFromReplica(tenantId, window))
      : rowsOfCalls(tenantId, window);
    const changed = await this.write({ table: 'usage_daily', period: 'day', tenantId, value: day, fresh });
    if (changed > 0)
      await this.db.prisma.usageMonth.updateMany({
        where: { tenantId, month: new Date(`${day.slice(0, 7)}-01T00:00:00Z`), isStale: false },
        data: { isStale: true },
      });
    return changed;
  }

  /**
   * Lists months whose days are all aggregated, and which are not aggregated, or were before one of their
   * days changed.
   */
  async listDueMonths(tenantId: string): Promise<string[]> {
    return (await this.db.rows(selectDueMonths(tenantId), MonthRow)).map(({ month }) => month);
  }

  /**
   * Makes the rows of a month (named by its first day) equal to those of its days. @returns how many rows
   * changed
   */
  async writeMonth(tenantId: string, month: string): Promise<number> {
    const fresh = rowsOfDays(tenantId, month);
    const place = { table: 'usage_monthly', period: 'month', tenantId, value: month } as const;
    const changed = await this.write({ ...place, fresh });
    await this.db.execute(markMonthFresh(tenantId, month));
    return changed;
  }

  /**
   * Reads the rows of a day from a replica. The replica is asked after the tenant's lock was taken, so it
   * has everything that this transaction could see. Later settlements are late, as without a replica.
   */
  private async readFromReplica(tenantId: string, window: DayWindow): Promise<string> {
    const row = await this.db.onReplica(
      () => this.db.row(selectAsJson(rowsOfCalls(tenantId, window)), RowsRow),
      { inTransaction: true },
    );
    return row?.rows ?? '[]';
  }

  private async write(aggregate: Aggregate): Promise<number> {
    return (await this.db.row(replaceRows(aggregate), ChangedRow))?.changed ?? 0;
  }
}
