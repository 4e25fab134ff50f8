import type { Principal } from './ability';

/** Gives the names of people to callers who may read them. */
export interface PersonNames {
  /**
   * Names by id, only of people whom the caller may read with a credential that covers it. Deleted users
   * have no name.
   */
  namesFor(principal: Principal, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
