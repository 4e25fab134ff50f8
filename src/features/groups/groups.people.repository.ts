import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import type { PersonRef } from './groups.types';

const PersonRow = z.object({ id: z.string(), tenantId: z.string().nullable(), isPlatformAdmin: z.boolean() });

export class PeopleRepository {
  constructor(private readonly db: Database) {}

  /** The person, held so that no other tenant can take them in before the ambient transaction ends. */
  async findLocked(person: PersonRef): Promise<z.output<typeof PersonRow> | null> {
    const named = 'userId' in person ? sql`id = ${person.userId}::uuid` : sql`email = ${person.email}`;
    return this.db.row(
      sql`SELECT id, tenant_id AS "tenantId", is_platform_admin AS "isPlatformAdmin" FROM users
          WHERE ${named} AND deleted_at IS NULL FOR NO KEY UPDATE`,
      PersonRow,
    );
  }

  async setTenant(userId: string, tenantId: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE users SET tenant_id = ${tenantId}::uuid WHERE id = ${userId}::uuid AND tenant_id IS NULL`,
    );
  }
}
