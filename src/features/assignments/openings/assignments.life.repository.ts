import { z } from 'zod';
import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import { ASSIGNMENT_STATES } from '../assignments.kinds';
import { HAS_WORK } from '../assignments.sql';

const PlaceRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  classId: z.string(),
  groupPath: z.string(),
  state: z.enum(ASSIGNMENT_STATES),
  isDeleted: z.boolean(),
  isArchived: z.boolean(),
  hasWork: z.boolean(),
  revision: z.number(),
});

export type LockedAssignment = z.output<typeof PlaceRow>;

/** Deletes, archives and restores assignments. */
export class LifeRepository {
  constructor(private readonly db: Database) {}

  /** Locks the assignment, even a deleted one or one of an archived class. No attempt begins meanwhile. */
  async lock(id: string): Promise<LockedAssignment | null> {
    await this.db.prisma.assignment.lock({ where: { id }, select: { id: true } });
    return this.db.row(
      sql`SELECT
            a.id,
            a.tenant_id AS "tenantId",
            a.class_id AS "classId",
            g.path::text AS "groupPath",
            a.state,
            a.deleted_at IS NOT NULL AS "isDeleted",
            c.deleted_at IS NOT NULL AS "isArchived",
            a.revision,
            ${HAS_WORK} AS "hasWork"
          FROM assignments a
          JOIN classes c ON c.id = a.class_id
          JOIN groups g ON g.id = c.group_id
          WHERE a.id = ${id}::uuid AND g.deleted_at IS NULL`,
      PlaceRow,
    );
  }

  async delete(id: string, at: Date): Promise<void> {
    await this.update(id, { deletedAt: at });
  }

  async archive(id: string): Promise<void> {
    await this.update(id, { state: 'archived' });
  }

  /** Restores the state from before it was deleted or archived. */
  async restore(id: string): Promise<void> {
    const { prisma } = this.db;
    const found = await prisma.assignment.findUniqueOrThrow({
      where: { id },
      select: { state: true, closedAt: true },
    });
    const before = found.closedAt === null ? 'published' : 'closed';
    await this.update(id, { deletedAt: null, state: found.state === 'archived' ? before : found.state });
  }

  private async update(id: string, data: Prisma.AssignmentUncheckedUpdateInput): Promise<void> {
    await this.db.prisma.assignment.update({ where: { id }, data, select: { id: true } });
  }
}
