import type { Database } from '../../platform/db/database';
import { NameRow, selectNames } from './audit.sql';

/** Reads the names of the things that events are about. */
export class AuditNamesRepository {
  constructor(private readonly db: Database) {}

  /**
   * Returns names by id, including archived things. @param tenantId the only tenant whose things have
   * names; null for all
   */
  async namesOfThings(ids: readonly string[], tenantId: string | null): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.db.rows(selectNames(ids, tenantId), NameRow);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
