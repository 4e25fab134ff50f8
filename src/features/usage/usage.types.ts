/** The role in which a person called a model; 'none' for a person without a place in the tenant. */
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

/** The sums. Calls that are not settled yet are not included. */
export interface UsageSums {
  /** Including failed and aborted calls. */
  calls: number;
  failedCalls: number;
  abortedCalls: number;
  /** Calls whose tokens the provider did not count: their tokens and costs are estimates. */
  estimatedCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** Millionths of the billing currency. */
  costMicros: number;
}

/** The usage of one combination on one day. Its id is always the same. */
export interface UsageRow extends UsageSums {
  id: string;
  tenantId: string;
  /** `2026-03-29`, in the tenant's time zone. */
  day: string;
  /** The tenant's root if the calls belong to no group of the tenant. */
  groupId: string;
  classId: string | null;
  toolId: string | null;
  model: string;
  role: UsageRole;
}

/** The position of a row in the order of rows. */
export type UsageKey = Pick<UsageRow, 'day' | 'id'>;

/** A page of rows. It may have fewer than requested, or none, and says where the next one begins. */
export interface UsagePage {
  rows: UsageRow[];
  after: UsageKey | null;
  isLast: boolean;
}

/** The dimensions of sums. People are in no aggregate: their usage is read from the calls. */
export const USAGE_DIMENSIONS = ['day', 'month', 'group', 'class', 'tool', 'model', 'role', 'user'] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** Selects usage. Permission was checked before. */
export interface UsageFilter {
  /** Null for all tenants. */
  tenantIds: readonly string[] | null;
  /** Paths of groups, each with everything below it; null for everything of the tenants. */
  groupPaths: readonly string[] | null;
  /** First and last day, both included. */
  from: string;
  to: string;
  classId?: string | undefined;
  toolId?: string | undefined;
  model?: string | undefined;
  role?: UsageRole | undefined;
  /** The person who made the calls. */
  userId?: string | undefined;
}

/** A filter for aggregates, which do not contain people. */
export type AggregatedFilter = UsageFilter & { userId?: undefined };

/** Sums by the requested dimensions; the other dimensions are null. */
export interface UsageSummary extends UsageSums {
  id: string;
  day: string | null;
  /** Such as `2026-03`. */
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

/** With the person's name, for callers who may read it. */
export type NamedUsageSummary = UsageSummary & { userName: string | null };

/** How far a tenant is aggregated. */
export interface UsageState {
  tenantId: string;
  timeZone: string;
  /** Null if nothing is aggregated yet. */
  lastDay: string | null;
  /** When the last day ended. */
  closedUntil: Date | null;
  /** Calls settled from this moment on may be missing in their day. */
  settledThrough: Date;
  /** Null if there is none, or if something is already aggregated. */
  firstCallAt: Date | null;
}
