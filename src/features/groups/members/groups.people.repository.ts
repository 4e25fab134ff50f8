import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import type { PersonRef } from '../groups.types';

const PERSON = {
  id: true,
  tenantId: true,
  isPlatformAdmin: true,
  isSelfRegistered: true,
  emailVerifiedAt: true,
} as const satisfies Prisma.UserSelect;

/** A person whose row is locked. */
export type LockedPerson = Prisma.UserGetPayload<{ select: typeof PERSON }>;

export class PeopleRepository {
  constructor(private readonly db: Database) {}

  /** Returns the person, locked so that no other tenant can take them in before the transaction ends. */
  async lock(person: PersonRef): Promise<LockedPerson | null> {
    const named = 'userId' in person ? { id: person.userId } : { email: person.email };
    const where = { ...named, deletedAt: null };
    return this.db.prisma.user.lock({ where, select: PERSON, strength: 'NO KEY UPDATE' });
  }

  async setTenant(userId: string, tenantId: string): Promise<void> {
    await this.db.prisma.user.updateMany({ where: { id: userId, tenantId: null }, data: { tenantId } });
  }
}
