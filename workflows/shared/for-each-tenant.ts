import { isCancellation } from '@temporalio/workflow';

/** With fifty tenants a page and a dozen events each, the history of one execution stays well below its limit. */
const PAGES = 20;

export interface TenantSweep {
  /** The last tenant that is done; null at the beginning. */
  after: string | null;
  /** The next tenants by id; none at the end. */
  list: (after: string | null) => Promise<string[]>;
  work: (tenantId: string) => Promise<void>;
  /** Told of a tenant for whom the work has failed for good. The others still get theirs. */
  onFailure: (tenantId: string) => void;
}

/**
 * Does the work for tenant after tenant, by pages.
 * @returns null when all are done, else the tenant after which another execution should go on.
 */
export async function forEachTenant({ after, list, work, onFailure }: TenantSweep): Promise<string | null> {
  let last = after;
  for (let page = 0; page < PAGES; page += 1) {
    const tenantIds = await list(last);
    if (tenantIds.length === 0) return null;
    for (const tenantId of tenantIds) {
      try {
        await work(tenantId);
      } catch (error) {
        if (isCancellation(error)) throw error;
        onFailure(tenantId);
      }
    }
    last = tenantIds.at(-1) ?? null;
  }
  return last;
}
