import type { Block, ReportDocument, TableBlock } from '../../platform/pdf/blocks';
import type { ContentOptions } from './reports.class.content';
import type { ReportFormat } from './reports.format';
import type { ReportTexts } from './reports.texts';
import type { NamedUsage, UsageReportData, UsageSum } from './reports.types';
import { estimatedNote, tokensOf, toolCharts, usageOverTime } from './reports.usage.charts';

/** The contents of a usage report in words and numbers. Pure. */
export function usageReport(data: UsageReportData, options: ContentOptions): ReportDocument {
  const { input, period, format, texts } = options;
  const generated = format.dateTime(input.generatedAt);
  const isClass = input.classId !== null;
  return {
    title: texts.usageReport,
    subtitle: format.periodText,
    owner: data.scopeName === data.tenantName ? data.tenantName : `${data.tenantName} · ${data.scopeName}`,
    facts: [
      { label: texts.scope, value: data.scopeName },
      { label: texts.generated, value: `${generated} (${period.timezone})` },
    ],
    blocks: [
      figures(data, format, texts),
      usageOverTime(data.days, period, format, texts),
      toolCharts(data.tools, format, texts),
      { kind: 'note', text: texts.usageNote(format.currency) },
      ...estimatedNote(data.total, format, texts),
      ...(isClass ? [] : [named(data.groups, { title: texts.usageByGroup, column: texts.group }, options)]),
      roles(data, options),
      named(data.models, { title: texts.usageByModel, column: texts.model }, options),
      tools(data, options),
    ],
    foot: `${texts.usageReport} · ${data.scopeName} · ${texts.generatedFoot(generated, period.timezone)}`,
    pageNumber: (page, pages) => texts.page(format.count(page), format.count(pages)),
    locale: format.locale,
    generatedAt: input.generatedAt,
  };
}

function figures(data: UsageReportData, format: ReportFormat, texts: ReportTexts): Block {
  const { total } = data;
  const used = data.tools.filter(({ id }) => id !== null).length;
  return {
    kind: 'figures',
    figures: [
      {
        label: texts.aiCost,
        value: format.cost(total.costMicros),
        detail: texts.inCurrency(format.currency),
      },
      {
        label: texts.tokens,
        value: format.compact(tokensOf(total)),
        detail: texts.inAndOut(format.compact(total.inputTokens), format.compact(total.outputTokens)),
      },
      { label: texts.calls, value: format.count(total.calls), detail: texts.inPeriod },
      {
        label: texts.failedCalls,
        value: format.count(total.failedCalls),
        detail: texts.ofCalls(format.share(total.failedCalls, total.calls)),
      },
      { label: texts.activePeople, value: format.count(data.activePeople), detail: texts.whoAsked },
      { label: texts.toolsUsed, value: format.count(used), detail: texts.inPeriod },
      { label: texts.chats, value: format.count(data.chats), detail: texts.begunInPeriod },
      { label: texts.runs, value: format.count(data.runs), detail: texts.begunInPeriod },
    ],
  };
}

const byCost = (a: NamedUsage, b: NamedUsage): number =>
  b.costMicros - a.costMicros ||
  tokensOf(b) - tokensOf(a) ||
  (`${a.id}/${a.name}` < `${b.id}/${b.name}` ? -1 : 1);

const numbers = (usage: UsageSum, format: ReportFormat, highest: number): string[] => [
  format.count(usage.calls),
  format.count(usage.inputTokens),
  format.count(usage.outputTokens),
  format.costs(highest)(usage.costMicros),
];

const numberColumns = (format: ReportFormat, texts: ReportTexts): TableBlock['columns'] =>
  [texts.calls, texts.tokensIn, texts.tokensOut, texts.costIn(format.currency)].map((title) => ({
    title,
    align: 'right',
  }));

function named(
  items: readonly NamedUsage[],
  { title, column }: { title: string; column: string },
  { format, texts }: ContentOptions,
): TableBlock {
  const total = items.reduce((sum, { costMicros }) => sum + costMicros, 0);
  return {
    kind: 'table',
    title,
    empty: texts.noUsage,
    columns: [
      { title: column, align: 'left' },
      ...numberColumns(format, texts),
      { title: texts.costShare, align: 'right' },
    ],
    rows: [...items]
      .sort(byCost)
      .map((item) => [
        item.name ?? texts.none,
        ...numbers(item, format, total),
        format.share(item.costMicros, total),
      ]),
  };
}

function roles(data: UsageReportData, { format, texts }: ContentOptions): TableBlock {
  const sorted = [...data.people].sort((a, b) => b.tokens - a.tokens || (a.role < b.role ? -1 : 1));
  return {
    kind: 'table',
    title: texts.usageByRole,
    empty: texts.noUsage,
    columns: [
      { title: texts.role, align: 'left' },
      { title: texts.people, align: 'right' },
      { title: texts.calls, align: 'right' },
      { title: texts.tokens, align: 'right' },
    ],
    rows: sorted.map(({ role, people, calls, tokens }) => [
      texts.roles[role] ?? role,
      format.count(people),
      format.count(calls),
      format.count(tokens),
    ]),
  };
}

function tools(data: UsageReportData, { format, texts }: ContentOptions): TableBlock {
  return {
    kind: 'table',
    title: texts.usageByTool,
    empty: texts.noUsage,
    columns: [
      { title: texts.tool, align: 'left' },
      { title: texts.ownedBy, align: 'left' },
      ...numberColumns(format, texts),
    ],
    rows: [...data.tools]
      .sort(byCost)
      .map((tool) => [
        tool.name ?? texts.withoutTool,
        tool.groupName ?? '–',
        ...numbers(tool, format, data.total.costMicros),
      ]),
    ...(data.tools.length === 0
      ? {}
      : { total: [texts.total, '', ...numbers(data.total, format, data.total.costMicros)] }),
  };
}
