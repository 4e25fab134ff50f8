import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { empty, sql } from '../../platform/db/sql';

const NameRow = z.object({ id: z.string(), name: z.string() });

/** How the things are called that events are about. */
export class AuditNamesRepository {
  constructor(private readonly db: Database) {}

  /** Names by id, archived things included. @param tenantId the only tenant whose things have names; null for all */
  async namesOfThings(ids: readonly string[], tenantId: string | null): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const wanted = [...ids];
    const within = tenantId === null ? empty : sql`AND tenant_id = ${tenantId}::uuid`;
    const rows = await this.db.rows(
      sql`SELECT id, name FROM groups WHERE id = ANY(${wanted}::uuid[]) ${within}
          UNION ALL SELECT id, name FROM classes WHERE id = ANY(${wanted}::uuid[]) ${within}
          UNION ALL SELECT id, name FROM tools WHERE id = ANY(${wanted}::uuid[]) ${within}
          UNION ALL SELECT id, title FROM assignments WHERE id = ANY(${wanted}::uuid[]) ${within}
          UNION ALL SELECT id, display_name FROM ai_models WHERE id = ANY(${wanted}::uuid[]) ${within}`,
      NameRow,
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
