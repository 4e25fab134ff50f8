import type { Principal } from './ability';

/** Says how people are called, to those who may read them. */
export interface PersonNames {
  /**
   * Names by id: of those people alone whom the caller may read, with a credential that is good for it. Nobody who is
   * deleted has one.
   */
  namesFor(principal: Principal, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
