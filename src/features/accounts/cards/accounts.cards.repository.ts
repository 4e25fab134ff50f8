import type { Database } from '../../../platform/db/database';

export class ClassPupilsRepository {
  constructor(private readonly db: Database) {}

  /** The active students of a class, by name. */
  async listIds(classId: string): Promise<string[]> {
    const rows = await this.db.prisma.classMember.findMany({
      where: { classId, role: 'student', user: { status: 'active', deletedAt: null } },
      select: { userId: true },
      orderBy: [{ user: { name: 'asc' } }, { userId: 'asc' }],
    });
    return rows.map(({ userId }) => userId);
  }
}
