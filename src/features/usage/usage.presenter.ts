import { BOM, csvLines, defused } from '../../shared/csv';
import type { NamedUsageSummary, UsageDimension, UsageSums } from './usage.types';

const SUMS = [
  'calls',
  'failedCalls',
  'abortedCalls',
  'estimatedCalls',
  'inputTokens',
  'outputTokens',
  'costMicros',
] as const;

/** The columns of a dimension in a table. */
const COLUMNS: Readonly<Record<UsageDimension, readonly (keyof NamedUsageSummary)[]>> = {
  day: ['day'],
  month: ['month'],
  group: ['groupId', 'groupName'],
  class: ['classId', 'className'],
  tool: ['toolId', 'toolName'],
  model: ['model'],
  role: ['role'],
  user: ['userId', 'userName'],
};

const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** @param currency the currency of the costs */
export function presentSums(usage: UsageSums, currency: string) {
  return { ...Object.fromEntries(SUMS.map((name) => [name, usage[name]])), currency };
}

/** A row of sums; dimensions that were not requested are null. @param currency the currency of the costs */
export function presentUsage(usage: NamedUsageSummary, currency: string) {
  const { day, month, model, role } = usage;
  return {
    day,
    month,
    group: named(usage.groupId, usage.groupName),
    class: named(usage.classId, usage.className),
    tool: named(usage.toolId, usage.toolName),
    model,
    role,
    user: usage.userId === null ? null : { id: usage.userId, name: usage.userName },
    ...presentSums(usage, currency),
  };
}

export interface TableOptions {
  groupBy: readonly UsageDimension[];
  /** The currency of the costs. */
  currency: string;
  /** Start with a byte order mark, by which Excel recognizes UTF-8. */
  bom: boolean;
}

/** Presents the sums as a table with a header, one line each. */
export function presentTable(
  rows: readonly NamedUsageSummary[],
  { groupBy, currency, bom }: TableOptions,
): string {
  const columns = [...groupBy.flatMap((dimension) => COLUMNS[dimension]), ...SUMS];
  const cell = (value: string | number | null) => (typeof value === 'string' ? defused(value) : value);
  const lines = csvLines(rows.map((row) => [...columns.map((column) => cell(row[column])), currency]));
  return `${bom ? BOM : ''}${[...columns, 'currency'].join(',')}\r\n${lines}`;
}
