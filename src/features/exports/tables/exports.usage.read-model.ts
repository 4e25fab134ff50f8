import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import { dayAt } from '../../../shared/local-time';
import type { AggregatedFilter, UsageReader, UsageRow } from '../../usage';
import { NARROW_PAGE } from './exports.conditions.sql';
import type { SourceRequest, WrittenColumn } from './exports.source.sql';
import type { Cells, TablePage, TableRows } from './exports.table-rows';

const NameRow = z.object({ id: z.string(), name: z.string() });

const COLUMNS: readonly WrittenColumn[] = [
  { name: 'day', type: 'date' },
  { name: 'group_id', type: 'text' },
  { name: 'group_name', type: 'text' },
  { name: 'class_id', type: 'text' },
  { name: 'class_name', type: 'text' },
  { name: 'tool_id', type: 'text' },
  { name: 'tool_name', type: 'text' },
  { name: 'model', type: 'text' },
  { name: 'role', type: 'text' },
  { name: 'calls', type: 'integer' },
  { name: 'failed_calls', type: 'integer' },
  { name: 'aborted_calls', type: 'integer' },
  { name: 'estimated_calls', type: 'integer' },
  { name: 'input_tokens', type: 'integer' },
  { name: 'output_tokens', type: 'integer' },
  { name: 'cost_micros', type: 'integer' },
  { name: 'currency', type: 'text' },
];

/** Before any call of this platform. */
const FIRST_DAY = '2000-01-01';

function filterOf({
  tenantId,
  classId,
  groupPath,
  filters,
  snapshotAt,
  timeZone,
}: SourceRequest): AggregatedFilter {
  const end = filters.to === undefined ? snapshotAt : new Date(Date.parse(filters.to) - 1);
  return {
    tenantIds: [tenantId],
    groupPaths: [groupPath],
    from: filters.from === undefined ? FIRST_DAY : dayAt(timeZone, new Date(filters.from)),
    to: dayAt(timeZone, end < snapshotAt ? end : snapshotAt),
    ...(classId === null ? {} : { classId }),
  };
}

/** Usage by day and combination; the days are those of the tenant's time zone. */
export class UsageRows implements TableRows {
  readonly pageRows = NARROW_PAGE;

  constructor(
    private readonly db: Database,
    private readonly usage: Pick<UsageReader, 'rowsAfter' | 'list'>,
    /** The currency of the costs. */
    private readonly currency: string,
  ) {}

  columns(): readonly WrittenColumn[] {
    return COLUMNS;
  }

  async count(request: SourceRequest): Promise<number> {
    const { page } = await this.usage.list({
      filter: filterOf(request),
      groupBy: ['day', 'group', 'class', 'tool', 'model', 'role'],
      sort: { name: 'key', descending: false },
      page: { kind: 'page', page: 1, limit: 1 },
    });
    return 'total' in page.pagination ? page.pagination.total : 0;
  }

  async page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TablePage> {
    const [day, id] = after ?? [];
    const before = day === undefined || id === undefined ? null : { day, id };
    const page = await this.usage.rowsAfter(request.tenantId, filterOf(request), before, limit);
    const names = await this.namesOf(page.rows);
    return {
      rows: page.rows.map((row) => [...cellsOf(row, names), this.currency]),
      after: page.after === null ? null : [page.after.day, page.after.id],
      isLast: page.isLast,
    };
  }

  /** Sums are no one's work. */
  async people(): Promise<string[]> {
    return [];
  }

  private async namesOf(rows: readonly UsageRow[]): Promise<ReadonlyMap<string, string>> {
    const ids = rows.flatMap(({ groupId, classId, toolId }) => [groupId, classId, toolId]);
    const unique = [...new Set(ids.filter((id) => id !== null))];
    const found = await this.db.rows(
      sql`SELECT id, name
          FROM groups
          WHERE id = ANY(${unique}::uuid[])
          UNION ALL
          SELECT id, name
          FROM classes
          WHERE id = ANY(${unique}::uuid[])
          UNION ALL
          SELECT id, name
          FROM tools
          WHERE id = ANY(${unique}::uuid[])`,
      NameRow,
    );
    return new Map(found.map(({ id, name }) => [id, name]));
  }
}

function cellsOf(row: UsageRow, names: ReadonlyMap<string, string>): Cells {
  const place = (id: string | null) => [id, id === null ? null : (names.get(id) ?? null)];
  const { calls, failedCalls, abortedCalls, estimatedCalls, inputTokens, outputTokens, costMicros } = row;
  const sums = [calls, failedCalls, abortedCalls, estimatedCalls, inputTokens, outputTokens, costMicros];
  return [
    row.day,
    ...place(row.groupId),
    ...place(row.classId),
    ...place(row.toolId),
    row.model,
    row.role,
    ...sums.map(String),
  ];
}
