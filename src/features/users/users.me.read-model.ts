import { z } from 'zod';
import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { RowLoader } from '../../platform/db/row-loader';
import { opaqueIds, type Sql, sql } from '../../platform/db/sql';
import { AccountRow, accountColumns } from './users.sql';
import type { Me } from './users.types';

const MeRow = AccountRow.extend({
  groups: z.array(
    z.object({ id: z.string(), name: z.string(), kind: z.string(), role: z.enum(GROUP_ROLES) }),
  ),
  classes: z.array(
    z.object({ id: z.string(), name: z.string(), groupId: z.string(), role: z.enum(CLASS_ROLES) }),
  ),
});

const mesById = (ids: readonly string[]): Sql => sql`SELECT
    ${accountColumns},
    coalesce(
      (SELECT json_agg(
         json_build_object('id', g.id, 'name', g.name, 'kind', g.kind, 'role', m.role)
         ORDER BY g.path)
       FROM group_members m
       JOIN groups g ON g.id = m.group_id
       WHERE m.user_id = u.id AND g.deleted_at IS NULL),
      '[]') AS groups,
    coalesce(
      (SELECT json_agg(
         json_build_object('id', c.id, 'name', c.name, 'groupId', c.group_id, 'role', m.role)
         ORDER BY c.name, c.id)
       FROM class_people m
       JOIN classes c ON c.id = m.class_id
       JOIN groups g ON g.id = c.group_id
       WHERE m.user_id = u.id AND c.deleted_at IS NULL AND g.deleted_at IS NULL),
      '[]') AS classes
  FROM users u
  WHERE u.id = ANY (${opaqueIds(ids)}) AND u.deleted_at IS NULL`;

/** Reads the caller's own account, which every client requests first. */
export class MeReadModel {
  private readonly loader: RowLoader<typeof MeRow>;

  constructor(db: Database) {
    this.loader = new RowLoader(db, MeRow, mesById);
  }

  find(userId: string): Promise<Me | null> {
    return this.loader.find(userId);
  }
}
