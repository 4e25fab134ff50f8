import type { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { ChainLinkRow, selectChain } from '../groups.sql';

/** One group of the chain from the root to a group. */
export type ChainLink = z.output<typeof ChainLinkRow>;

export class InheritanceRepository {
  constructor(private readonly db: Database) {}

  /** Returns the groups from the root down to this one, which is last; empty if it is missing or archived. */
  async findChain(groupId: string): Promise<ChainLink[]> {
    return this.db.rows(selectChain(groupId), ChainLinkRow);
  }
}
