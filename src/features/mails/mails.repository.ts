import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import type { MailAccount, MailInvitation, MailKind, PendingMail } from './mails.types';

const MAIL = {
  id: true,
  kind: true,
  userId: true,
  invitationId: true,
  recipient: true,
  attempts: true,
  createdAt: true,
} as const satisfies Prisma.AccountMailSelect;

const ACCOUNT = {
  id: true,
  tenantId: true,
  email: true,
  name: true,
  locale: true,
  status: true,
  emailVerifiedAt: true,
  authIdentities: { select: { provider: true }, orderBy: { provider: 'asc' } },
} as const satisfies Prisma.UserSelect;

const INVITATION = {
  id: true,
  tenantId: true,
  email: true,
  role: true,
  state: true,
  group: { select: { name: true } },
  class: { select: { name: true } },
  inviter: { select: { name: true } },
} as const satisfies Prisma.InvitationSelect;

export interface MailEnding {
  state: 'sent' | 'failed' | 'skipped';
  code: string | null;
  providerId?: string;
}

/** Stores mails about accounts, and reads the accounts that they concern. */
export class MailsRepository {
  constructor(private readonly db: Database) {}

  async insert(
    mail: Pick<PendingMail, 'id' | 'kind' | 'userId' | 'invitationId' | 'recipient'>,
  ): Promise<void> {
    await this.db.prisma.accountMail.create({ data: mail, select: { id: true } });
  }

  /** Begins an attempt. @returns null if the mail has ended */
  async begin(id: string): Promise<PendingMail | null> {
    const [begun] = await this.db.prisma.accountMail.updateManyAndReturn({
      where: { id, state: 'pending' },
      data: { attempts: { increment: 1 } },
      select: MAIL,
    });
    return begun ?? null;
  }

  /** Ends a mail; an ended one does not change. */
  async finish(id: string, { state, code, providerId }: MailEnding, now: Date): Promise<void> {
    await this.db.prisma.accountMail.updateMany({
      where: { id, state: 'pending' },
      data: { state, errorCode: code, providerId: providerId ?? null, finishedAt: now },
    });
  }

  /** Ends a person's waiting mails of these kinds. */
  async skipPending(userId: string, kinds: readonly MailKind[], code: string, now: Date): Promise<void> {
    await this.db.prisma.accountMail.updateMany({
      where: { userId, kind: { in: [...kinds] }, state: 'pending' },
      data: { state: 'skipped', errorCode: code, finishedAt: now },
    });
  }

  async delete(id: string): Promise<void> {
    await this.db.prisma.accountMail.deleteMany({ where: { id } });
  }

  deleteOld(createdAt: Date, limit: number): Promise<number> {
    return this.db.prisma.accountMail.deleteBatch({ olderThan: { createdAt }, limit });
  }

  findAccountById(id: string): Promise<MailAccount | null> {
    return this.findAccount({ id });
  }

  findAccountByEmail(email: string): Promise<MailAccount | null> {
    return this.findAccount({ email });
  }

  async findInvitation(id: string): Promise<MailInvitation | null> {
    const { prisma } = this.db;
    const found = await prisma.invitation.findUnique({ where: { id }, select: INVITATION });
    if (found === null) return null;
    const { email, group, class: schoolClass, inviter, ...invitation } = found;
    const person = await prisma.user.findFirst({
      where: { email, deletedAt: null },
      select: { locale: true },
    });
    const place = schoolClass?.name ?? group?.name ?? '';
    return { ...invitation, place, inviter: inviter?.name ?? null, locale: person?.locale ?? null };
  }

  /** Gives an invitation its secret; the one before stops working. @returns false if it has ended meanwhile. */
  async setInvitationSecret(id: string, secretHash: Buffer): Promise<boolean> {
    const set = await this.db.prisma.invitation.updateMany({
      where: { id, state: 'pending' },
      data: { secretHash: Uint8Array.from(secretHash) },
    });
    return set.count === 1;
  }

  private async findAccount(where: Prisma.UserWhereInput): Promise<MailAccount | null> {
    const found = await this.db.prisma.user.findFirst({
      where: { ...where, deletedAt: null },
      select: ACCOUNT,
    });
    if (found === null) return null;
    const { authIdentities, ...account } = found;
    return { ...account, providers: [...new Set(authIdentities.map(({ provider }) => provider))] };
  }
}
