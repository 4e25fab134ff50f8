import type { Database } from '../../platform/db/database';

/** Reads which usernames of a district are taken, and its code. */
export class AccountNamesRepository {
  constructor(private readonly db: Database) {}

  /** Lists the usernames of a district that begin like this one, which contains neither `%` nor `_`. */
  async listAlike(tenantId: string, base: string): Promise<ReadonlySet<string>> {
    const rows = await this.db.prisma.user.findMany({
      where: { tenantId, deletedAt: null, username: { startsWith: base } },
      select: { username: true },
    });
    return new Set(rows.flatMap(({ username }) => (username === null ? [] : [username])));
  }

  async isTaken(tenantId: string, username: string): Promise<boolean> {
    const where = { tenantId, deletedAt: null, username };
    return (await this.db.prisma.user.count({ where })) > 0;
  }

  async findDistrictCode(tenantId: string): Promise<string | null> {
    const where = { id: tenantId };
    const found = await this.db.prisma.group.findUnique({ where, select: { districtCode: true } });
    return found?.districtCode ?? null;
  }
}
