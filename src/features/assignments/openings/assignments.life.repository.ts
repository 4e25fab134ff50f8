import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';

const PLACE = {
  id: true,
  tenantId: true,
  classId: true,
  state: true,
  revision: true,
  deletedAt: true,
  class: { select: { deletedAt: true, group: { select: { pathText: true } } } },
  submissions: { where: { state: { not: 'in_progress' } }, select: { id: true }, take: 1 },
} as const satisfies Prisma.AssignmentSelect;

export type LockedAssignment = NonNullable<Awaited<ReturnType<LifeRepository['lock']>>>;

/** Deletes, archives and restores assignments. */
export class LifeRepository {
  constructor(private readonly db: Database) {}

  /** Locks the assignment, even a deleted one or one of an archived class. No attempt begins meanwhile. */
  async lock(id: string) {
    const { prisma } = this.db;
    await prisma.assignment.lock({ where: { id }, select: { id: true } });
    const where = { id, class: { group: { deletedAt: null } } };
    const found = await prisma.assignment.findUnique({ where, select: PLACE });
    if (found === null) return null;
    const { deletedAt, class: place, submissions, ...assignment } = found;
    return {
      ...assignment,
      groupPath: place.group.pathText,
      isDeleted: deletedAt !== null,
      isArchived: place.deletedAt !== null,
      hasWork: submissions.length > 0,
    };
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
