import { ApplicationFailure, type QueryDefinition, setHandler } from '@temporalio/workflow';
import { forEachTenant } from './for-each-tenant';

export interface SweepProgress {
  /** Tenants that are done. */
  tenants: number;
  /** Tenants for whom the work has finally failed. */
  failed: number;
}

/** Where an execution stopped because its history would have grown too long. */
export interface ContinuedSweep<P extends SweepProgress> {
  after: string;
  until: string;
  progress: P;
}

export interface UsageSweep<P extends SweepProgress> {
  continued: ContinuedSweep<P> | null;
  /** The progress at the beginning. */
  initial: P;
  query: QueryDefinition<P>;
  list: (after: string | null) => Promise<string[]>;
  /** One moment decides for all tenants which days have ended: `until`. Adds what it does to `progress`. */
  work: (tenantId: string, until: string, progress: P) => Promise<void>;
  continueAsNew: (continued: ContinuedSweep<P>) => Promise<never>;
}

/**
 * Aggregates usage tenant by tenant, in as many executions as it takes.
 * @throws usage.incomplete if a tenant failed, so that operators see it; the next run does the remaining work
 */
export async function sweepUsage<P extends SweepProgress>(sweep: UsageSweep<P>): Promise<P> {
  const { continued, initial, query, list, work, continueAsNew } = sweep;
  const until = continued?.until ?? new Date().toISOString();
  const progress = { ...(continued?.progress ?? initial) };
  setHandler(query, () => progress);
  const after = await forEachTenant({
    after: continued?.after ?? null,
    list,
    work: async (tenantId) => {
      await work(tenantId, until, progress);
      progress.tenants += 1;
    },
    onFailure: () => {
      progress.failed += 1;
    },
  });
  if (after !== null) return continueAsNew({ after, until, progress });
  if (progress.failed > 0)
    throw ApplicationFailure.nonRetryable('usage.incomplete', 'usage.incomplete', progress);
  return progress;
}
