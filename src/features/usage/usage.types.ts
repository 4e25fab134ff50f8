/** In which role somebody asked a model; 'none' for who belongs to nothing in the tenant. */
export const USAGE_ROLES = [
  'admin',
  'teacher',
  'staff',
  'assistant',
  'student',
  'observer',
  'guardian',
  'none',
] as const;
export type UsageRole = (typeof USAGE_ROLES)[number];

/** What is counted. Calls that are not settled yet are not among them. */
export interface UsageSums {
  /** Failed and aborted ones included. */
  calls: number;
  failedCalls: number;
  abortedCalls: number;
  /** Calls whose tokens the provider did not count: theirs, and their cost, are estimates. */
  estimatedCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** Millionths of the billing currency. */
  costMicros: number;
}

/** The usage of one day by one combination. Its id is the same whoever counts it, and whenever. */
export interface UsageRow extends UsageSums {
  id: string;
  tenantId: string;
  /** `2026-03-29`, in the tenant's time zone. */
  day: string;
  /** The tenant's root where the calls belong to no group of the tenant. */
  groupId: string;
  classId: string | null;
  toolId: string | null;
  model: string;
  role: UsageRole;
}

/** Where a row stands in the order of rows. */
export type UsageKey = Pick<UsageRow, 'day' | 'id'>;

/** A page of rows; it may have fewer than were asked for, or none, and says itself where the next begins. */
export interface UsagePage {
  rows: UsageRow[];
  after: UsageKey | null;
  isLast: boolean;
}

/** What usage can be summed by. People stand in no aggregate: their usage is read from the calls. */
export const USAGE_DIMENSIONS = ['day', 'month', 'group', 'class', 'tool', 'model', 'role', 'user'] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** Which usage is meant. Who may see it was decided before. */
export interface UsageFilter {
  /** Null for all tenants. */
  tenantIds: readonly string[] | null;
  /** Paths of groups, each with all below it; null for everything of the tenants. */
  groupPaths: readonly string[] | null;
  /** First and last day, both included. */
  from: string;
  to: string;
  classId?: string | undefined;
  toolId?: string | undefined;
  model?: string | undefined;
  role?: UsageRole | undefined;
  /** The person who asked. */
  userId?: string | undefined;
}

/** A filter for what is read from aggregates, which know no people. */
export type AggregatedFilter = UsageFilter & { userId?: undefined };

/** Sums by what was asked for; the dimensions that were not are null. */
export interface UsageSummary extends UsageSums {
  id: string;
  day: string | null;
  /** `2026-03` */
  month: string | null;
  groupId: string | null;
  groupName: string | null;
  classId: string | null;
  className: string | null;
  toolId: string | null;
  toolName: string | null;
  model: string | null;
  role: string | null;
  userId: string | null;
}

/** With the name of the person, for those who may read that person. */
export type NamedUsageSummary = UsageSummary & { userName: string | null };

/** How far a tenant is aggregated. */
export interface UsageState {
  tenantId: string;
  timeZone: string;
  /** Null where nothing is aggregated yet. */
  lastDay: string | null;
  /** When the last day ended. */
  closedUntil: Date | null;
  /** Calls settled from this moment on may be missing in their day. */
  settledThrough: Date;
  /** Null where there is none, or where something is aggregated already. */
  firstCallAt: Date | null;
}
