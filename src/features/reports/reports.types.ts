export const REPORT_KINDS = ['class_report', 'usage_report'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The kind, subject and period of a report. Permission was checked before. */
export interface RenderReportInput {
  kind: ReportKind;
  tenantId: string;
  /** The class of a class report; in a usage report, the class that narrows it. */
  classId: string | null;
  /** In a usage report the group, with all groups below it; the whole tenant if absent. */
  groupId: string | null;
  /** The first moment of the period, and the first after it. */
  from: Date;
  to: Date;
  /** The time that the report shows as its own. */
  generatedAt: Date;
  /** A BCP 47 tag: the format of numbers and dates, the paper size, the form of Han characters. */
  locale: string;
}

/** A period, and the zone in which its days begin. */
export interface Period {
  from: Date;
  to: Date;
  timezone: string;
}

/** Sums over calls of models. */
export interface UsageSum {
  calls: number;
  failedCalls: number;
  /** Calls whose tokens the provider did not count. */
  estimatedCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** Millionths of the billing currency. */
  costMicros: number;
}

export interface NamedUsage extends UsageSum {
  id: string | null;
  name: string | null;
}

export interface DailyUsage extends UsageSum {
  /** `2026-09-01` in the school's zone. */
  day: string;
}

export interface ClassReportData {
  className: string;
  subject: string | null;
  groupId: string;
  groupName: string;
  teachers: string[];
  students: StudentResult[];
  assignments: AssignmentResult[];
  /** The work submitted in the period, by day; days without any are left out. */
  days: { day: string; onTime: number; late: number }[];
  /** How many released scores fall into each tenth, from 0-9 % to 90-100 %. */
  scores: number[];
  tools: NamedUsage[];
  usage: UsageSum;
}

export interface StudentResult {
  id: string;
  name: string;
  isActive: boolean;
  /** How many of the report's assignments this student had to do. */
  expected: number;
  handedIn: number;
  late: number;
  /** The mean of the released scores in per cent of the points; null without any. */
  averagePercent: number | null;
  chats: number;
  runs: number;
  /** The student's last submission or work with a tool in the period, in milliseconds. */
  lastActiveAt: number | null;
}

export interface AssignmentResult {
  id: string;
  title: string;
  dueAt: number | null;
  points: number;
  expected: number;
  handedIn: number;
  late: number;
  returned: number;
  averagePercent: number | null;
}

export interface UsageReportData {
  /** The group or class that it is about. */
  scopeName: string;
  groupId: string;
  tenantName: string;
  total: UsageSum;
  people: { role: string; people: number; calls: number; tokens: number }[];
  activePeople: number;
  chats: number;
  runs: number;
  days: DailyUsage[];
  tools: (NamedUsage & { groupName: string | null })[];
  models: NamedUsage[];
  /** The direct child groups, each with the groups below it; the group itself for what is directly in it. */
  groups: NamedUsage[];
}
