export const REPORT_KINDS = ['class_report', 'usage_report'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** Which report, of what, of which time. Who may have it was decided before. */
export interface RenderReportInput {
  kind: ReportKind;
  tenantId: string;
  /** The class of a class report; in a usage report the class that it is narrowed to. */
  classId: string | null;
  /** In a usage report the group, with all below it; without one the whole tenant. */
  groupId: string | null;
  /** The first moment of the period, and the first after it. */
  from: Date;
  to: Date;
  /** Stands on the report in place of "now". */
  generatedAt: Date;
  /** BCP 47 tag: how numbers and dates are written, which paper, which form of Han characters. */
  locale: string;
}

/** A period, and the zone in which its days begin. */
export interface Period {
  from: Date;
  to: Date;
  timezone: string;
}

/** Calls of models, added up. */
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
  /** Everything handed in in the period, by day; days without are left out. */
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
  /** Of the assignments of the report, those that this student was to do. */
  expected: number;
  handedIn: number;
  late: number;
  /** Mean of the released scores in per cent of the points; null without any. */
  averagePercent: number | null;
  chats: number;
  runs: number;
  /** When they last handed something in or worked with a tool in the period, in milliseconds. */
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
  /** The groups just below, each with what is below it; the group itself for what is directly in it. */
  groups: NamedUsage[];
}
