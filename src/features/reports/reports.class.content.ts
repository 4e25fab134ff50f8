import type { Block, ReportDocument, TableBlock } from '../../platform/pdf/blocks';
import { bucketsOf, sumByBucket } from './reports.calendar';
import type { ReportFormat } from './reports.format';
import type { ReportTexts } from './reports.texts';
import type { ClassReportData, Period, RenderReportInput } from './reports.types';
import { estimatedNote, grainText, tokensOf, toolCharts } from './reports.usage.charts';

export interface ContentOptions {
  input: RenderReportInput;
  period: Period;
  format: ReportFormat;
  texts: ReportTexts;
}

/** The contents of a class report in words and numbers. Pure. */
export function classReport(data: ClassReportData, options: ContentOptions): ReportDocument {
  const { input, period, format, texts } = options;
  const generated = format.dateTime(input.generatedAt);
  return {
    title: data.className,
    subtitle: `${texts.classReport} · ${format.periodText}`,
    owner: data.groupName,
    facts: [
      ...(data.subject === null ? [] : [{ label: texts.subject, value: data.subject }]),
      { label: texts.teachers, value: data.teachers.join(', ') || texts.none },
      { label: texts.generated, value: `${generated} (${period.timezone})` },
    ],
    blocks: [
      figures(data, options),
      { kind: 'charts', charts: [submissionsChart(data, options), scoreChart(data, options)] },
      toolCharts(data.tools, format, texts),
      { kind: 'note', text: texts.classNote },
      ...estimatedNote(data.usage, format, texts),
      students(data, options),
      assignments(data, options),
    ],
    foot: `${texts.classReport} · ${texts.generatedFoot(generated, period.timezone)}`,
    pageNumber: (page, pages) => texts.page(format.count(page), format.count(pages)),
    locale: format.locale,
    generatedAt: input.generatedAt,
  };
}

const sum = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((total, item) => total + amount(item), 0);

function figures(data: ClassReportData, { format, texts }: ContentOptions): Block {
  const { students: all, usage } = data;
  const expected = sum(all, (student) => student.expected);
  const handedIn = sum(all, (student) => student.handedIn);
  const late = sum(all, (student) => student.late);
  const active = all.filter(({ lastActiveAt }) => lastActiveAt !== null).length;
  return {
    kind: 'figures',
    figures: [
      {
        label: texts.students,
        value: format.count(all.length),
        detail: `${texts.activeStudents}: ${format.count(active)}`,
      },
      { label: texts.assignments, value: format.count(data.assignments.length), detail: texts.inPeriod },
      {
        label: texts.handedIn,
        value: format.share(handedIn, expected),
        detail: texts.ofExpected(format.count(handedIn), format.count(expected)),
      },
      {
        label: texts.late,
        value: format.share(late, handedIn),
        detail: texts.ofExpected(format.count(late), format.count(handedIn)),
      },
      { label: texts.averageScore, value: format.percent(classAverage(data)), detail: texts.ofReleased },
      {
        label: texts.chatsAndRuns,
        value: format.count(sum(all, ({ chats, runs }) => chats + runs)),
        detail: texts.begunInPeriod,
      },
      {
        label: texts.aiTokens,
        value: format.compact(tokensOf(usage)),
        detail: texts.inCalls(format.count(usage.calls)),
      },
      {
        label: texts.aiCost,
        value: format.cost(usage.costMicros),
        detail: texts.inCurrency(format.currency),
      },
    ],
  };
}

/**
 * The mean of the assignments' means: each assignment has the same weight, however many students submitted
 * it.
 */
function classAverage({ assignments: all }: ClassReportData): number | null {
  const scored = all.flatMap(({ averagePercent }) => (averagePercent === null ? [] : [averagePercent]));
  return scored.length === 0 ? null : sum(scored, (percent) => percent) / scored.length;
}

function submissionsChart({ days }: ClassReportData, { period, format, texts }: ContentOptions) {
  const buckets = bucketsOf(
    period,
    days.map(({ day }) => day),
  );
  return {
    kind: 'columns' as const,
    title: texts.submissionsOverTime,
    empty: texts.noSubmissions,
    share: 3,
    axis: grainText(buckets, texts),
    categories: buckets.map((bucket) => format.bucket(bucket)),
    series: [
      { name: texts.onTime, values: sumByBucket(buckets, days, ({ onTime }) => onTime) },
      { name: texts.late, values: sumByBucket(buckets, days, ({ late }) => late) },
    ],
    format: format.count,
  };
}

function scoreChart({ scores }: ClassReportData, { format, texts }: ContentOptions) {
  return {
    kind: 'columns' as const,
    title: texts.scoreDistribution,
    empty: texts.noScores,
    share: 2,
    axis: texts.scoreAxis,
    categories: scores.map((_, tenth) => format.count(tenth * 10)),
    series: [{ name: texts.students, values: scores }],
    format: format.count,
  };
}

function students(data: ClassReportData, { format, texts }: ContentOptions): TableBlock {
  const sorted = format.sorted(
    data.students,
    ({ name }) => name,
    ({ id }) => id,
  );
  return {
    kind: 'table',
    title: texts.resultsByStudent,
    empty: texts.noStudents,
    columns: [
      { title: texts.student, align: 'left' },
      { title: texts.handedIn, align: 'right' },
      { title: texts.late, align: 'right' },
      { title: texts.averageScore, align: 'right' },
      { title: texts.chats, align: 'right' },
      { title: texts.runs, align: 'right' },
      { title: texts.lastActive, align: 'right' },
    ],
    rows: sorted.map((student) => [
      student.isActive ? student.name : texts.deactivated(student.name),
      texts.ofExpected(format.count(student.handedIn), format.count(student.expected)),
      format.count(student.late),
      format.percent(student.averagePercent),
      format.count(student.chats),
      format.count(student.runs),
      format.date(student.lastActiveAt),
    ]),
  };
}

function assignments(data: ClassReportData, { format, texts }: ContentOptions): TableBlock {
  const sorted = [...data.assignments].sort(
    (a, b) => (a.dueAt ?? Number.MAX_VALUE) - (b.dueAt ?? Number.MAX_VALUE) || (a.id < b.id ? -1 : 1),
  );
  return {
    kind: 'table',
    title: texts.resultsByAssignment,
    empty: texts.noAssignments,
    columns: [
      { title: texts.assignment, align: 'left' },
      { title: texts.due, align: 'right' },
      { title: texts.handedIn, align: 'right' },
      { title: texts.late, align: 'right' },
      { title: texts.returned, align: 'right' },
      { title: texts.averageScore, align: 'right' },
    ],
    rows: sorted.map((assignment) => [
      assignment.title,
      assignment.dueAt === null ? texts.noDueDate : format.dateTime(assignment.dueAt),
      texts.ofExpected(format.count(assignment.handedIn), format.count(assignment.expected)),
      format.count(assignment.late),
      format.count(assignment.returned),
      format.percent(assignment.averagePercent),
    ]),
  };
}
