import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import type { JsonObject } from './groups.types';

const LinkRow = z.object({
  id: z.string(),
  name: z.string(),
  tenantId: z.string(),
  path: z.string(),
  theme: z.custom<JsonObject>(),
  settings: z.custom<JsonObject>(),
});

/** One group of the chain from the root to a group. */
export type ChainLink = z.output<typeof LinkRow>;

export class InheritanceRepository {
  constructor(private readonly db: Database) {}

  /** The groups from the root down to this one, itself last; empty where it is missing or archived. */
  async findChain(groupId: string): Promise<ChainLink[]> {
    return this.db.rows(
      sql`SELECT a.id, a.name, a.tenant_id AS "tenantId", a.path::text AS path, a.theme, a.settings FROM groups a
          WHERE a.path @> (SELECT g.path FROM groups g WHERE g.id = ${groupId}::uuid AND g.deleted_at IS NULL) AND a.deleted_at IS NULL
          ORDER BY nlevel(a.path)`,
      LinkRow,
    );
  }
}
