import { isCancellation } from '@temporalio/workflow';

/**
 * With fifty tenants a page and a dozen events each, the history of one execution stays well below its
 * limit.
 */
const PAGES = 20;

export interface TenantSweep {
  /** The last finished tenant; null at the beginning. */
  after: string | null;
  /** Returns the next tenants, sorted by id; empty at the end. */
  list: (after: string | null) => Promise<string[]>;
  work: (tenantId: string) => Promise<void>;
  /** Called for a tenant for whom the work has finally failed. The work for the others continues. */
  onFailure: (tenantId: string) => void;
}

/**
 * Does the work tenant by tenant, in pages.
 * @returns null if all are done, otherwise the tenant after which another execution should continue
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
