import { csvLine } from './usage.csv';
import type { UsageDimension, UsageSummary } from './usage.types';

const SUMS = ['calls', 'failedCalls', 'abortedCalls', 'inputTokens', 'outputTokens', 'costMicros'] as const;

/** The columns that stand for a dimension in a table. */
const COLUMNS: Readonly<Record<UsageDimension, readonly (keyof UsageSummary)[]>> = {
  day: ['day'],
  month: ['month'],
  group: ['groupId', 'groupName'],
  class: ['classId', 'className'],
  tool: ['toolId', 'toolName'],
  model: ['model'],
  role: ['role'],
};

const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

export function presentUsage(usage: UsageSummary) {
  const { day, month, model, role } = usage;
  return {
    day,
    month,
    group: named(usage.groupId, usage.groupName),
    class: named(usage.classId, usage.className),
    tool: named(usage.toolId, usage.toolName),
    model,
    role,
    ...Object.fromEntries(SUMS.map((name) => [name, usage[name]])),
  };
}

/** The sums as a table: RFC 4180, a head and a line each. */
export function presentTable(groupBy: readonly UsageDimension[], rows: readonly UsageSummary[]): string {
  const columns = [...groupBy.flatMap((dimension) => COLUMNS[dimension]), ...SUMS];
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map(csvLine).join('');
}
