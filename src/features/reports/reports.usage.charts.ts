import type { Block } from '../../platform/pdf/blocks';
import { type Bucket, bucketsOf, sumByBucket } from './reports.calendar';
import type { ReportFormat } from './reports.format';
import type { ReportTexts } from './reports.texts';
import type { DailyUsage, NamedUsage, Period, UsageSum } from './reports.types';

/** The most bars of a chart; further tools share one bar, so that the chart fits on the page. */
const MAX_BARS = 10;

export const tokensOf = (usage: UsageSum): number => usage.inputTokens + usage.outputTokens;

/** The largest by some measure, and the sum of the rest. Pure. */
export function topOf(
  items: readonly NamedUsage[],
  measure: (item: UsageSum) => number,
  othersName: (count: number) => string,
): NamedUsage[] {
  const sorted = [...items].sort((a, b) => measure(b) - measure(a) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  if (sorted.length <= MAX_BARS + 1) return sorted;
  const rest = sorted.slice(MAX_BARS);
  return [...sorted.slice(0, MAX_BARS), { id: null, name: othersName(rest.length), ...sumOf(rest) }];
}

/** The sum of several usages. */
export function sumOf(items: readonly UsageSum[]): UsageSum {
  const sum = (measure: (item: UsageSum) => number): number =>
    items.reduce((total, item) => total + measure(item), 0);
  return {
    calls: sum((item) => item.calls),
    failedCalls: sum((item) => item.failedCalls),
    estimatedCalls: sum((item) => item.estimatedCalls),
    inputTokens: sum((item) => item.inputTokens),
    outputTokens: sum((item) => item.outputTokens),
    costMicros: sum((item) => item.costMicros),
  };
}

/** The note about estimates; empty if there are none. */
export function estimatedNote(
  { calls, estimatedCalls }: UsageSum,
  format: ReportFormat,
  texts: ReportTexts,
): Block[] {
  if (estimatedCalls === 0) return [];
  const text = texts.estimatedNote(format.count(estimatedCalls), format.count(calls));
  return [{ kind: 'note', text }];
}

/** The unit of counting: `by week`. */
export function grainText(buckets: readonly Bucket[], texts: ReportTexts): string {
  const grain = buckets[0]?.grain ?? 'day';
  return { day: texts.perDay, week: texts.perWeek, month: texts.perMonth, year: texts.perYear }[grain];
}

/** Tokens and cost by tool, side by side. */
export function toolCharts(tools: readonly NamedUsage[], format: ReportFormat, texts: ReportTexts): Block {
  const others = (count: number): string => texts.others(format.count(count));
  const nameOf = ({ name }: NamedUsage): string => name ?? texts.withoutTool;
  const byTokens = topOf(tools, tokensOf, others);
  const byCost = topOf(tools, ({ costMicros }) => costMicros, others);
  return {
    kind: 'charts',
    charts: [
      {
        kind: 'bars',
        title: texts.tokensByTool,
        empty: texts.noUsage,
        share: 1,
        rows: byTokens.map(nameOf),
        series: [
          { name: texts.inputTokens, values: byTokens.map(({ inputTokens }) => inputTokens) },
          { name: texts.outputTokens, values: byTokens.map(({ outputTokens }) => outputTokens) },
        ],
        format: format.compact,
        tickFormat: format.compact,
      },
      {
        kind: 'bars',
        title: texts.costByTool(format.currency),
        empty: texts.noCost,
        share: 1,
        rows: byCost.map(nameOf),
        series: [{ name: texts.cost, values: byCost.map(({ costMicros }) => costMicros) }],
        format: format.costs(Math.max(0, ...byCost.map(({ costMicros }) => costMicros))),
        tickFormat: format.costTick,
      },
    ],
  };
}

/** Tokens and cost over the period, side by side. */
export function usageOverTime(
  days: readonly DailyUsage[],
  period: Period,
  format: ReportFormat,
  texts: ReportTexts,
): Block {
  const buckets = bucketsOf(
    period,
    days.map(({ day }) => day),
  );
  const common = {
    kind: 'columns' as const,
    empty: texts.noUsage,
    axis: grainText(buckets, texts),
    categories: buckets.map((bucket) => format.bucket(bucket)),
    share: 1,
  };
  const values = (measure: (day: DailyUsage) => number): number[] => sumByBucket(buckets, days, measure);
  return {
    kind: 'charts',
    charts: [
      {
        ...common,
        title: texts.tokensOverTime,
        series: [
          { name: texts.inputTokens, values: values(({ inputTokens }) => inputTokens) },
          { name: texts.outputTokens, values: values(({ outputTokens }) => outputTokens) },
        ],
        format: format.compact,
      },
      {
        ...common,
        title: texts.costOverTime(format.currency),
        empty: texts.noCost,
        series: [{ name: texts.cost, values: values(({ costMicros }) => costMicros) }],
        format: format.costTick,
      },
    ],
  };
}
