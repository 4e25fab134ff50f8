import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import {
  belowGroup,
  INVITATION_SORTS,
  INVITATIONS_FROM,
  InvitationRow,
  inState,
  invitationColumns,
  MemberRow,
  selectInvitation,
  selectMembers,
} from './invitations.sql';
import type { Invitation, InvitationFilters, InvitationPlace, InvitedRole } from './invitations.types';

export interface NewInvitation extends Pick<Invitation, 'groupId' | 'classId' | 'tenantId'> {
  id: string;
  email: string;
  role: InvitedRole;
  invitedBy: string;
  expiresAt: Date;
}

/** Neither used, nor taken back, nor replaced. */
const PENDING = { state: 'pending' } as const;

export class InvitationsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The invitations of a group itself. */
  listOfGroup(groupId: string, query: ListQuery<InvitationFilters>, now: Date): Promise<Page<Invitation>> {
    return this.list([sql`i.group_id = ${groupId}::uuid`], query, now);
  }

  /** Those at a path and below it. */
  listBelow(path: string, query: ListQuery<InvitationFilters>, now: Date): Promise<Page<Invitation>> {
    return this.list([belowGroup(path)], query, now);
  }

  listOfClass(classId: string, query: ListQuery<InvitationFilters>, now: Date): Promise<Page<Invitation>> {
    return this.list([sql`i.class_id = ${classId}::uuid`], query, now);
  }

  find(id: string, now: Date): Promise<Invitation | null> {
    return this.findWhere(sql`i.id = ${id}::uuid`, now);
  }

  findBySecret(secretHash: Buffer, now: Date): Promise<Invitation | null> {
    return this.findWhere(sql`i.secret_hash = ${secretHash}`, now);
  }

  /** Those of these addresses that are invited to the place and can still accept. */
  async listPending(place: InvitationPlace, emails: readonly string[], now: Date): Promise<Invitation[]> {
    const at =
      place.classId === null
        ? sql`i.group_id = ${place.groupId}::uuid`
        : sql`i.class_id = ${place.classId}::uuid`;
    const condition = sql`${at} AND i.state = 'pending' AND i.expires_at > ${now}
      AND i.email = ANY(${[...emails]}::text[])`;
    return (await this.db.rows(selectInvitation(condition, now), InvitationRow)) as Invitation[];
  }

  /** Those of these addresses whose owners are there already. */
  async listMembers(place: InvitationPlace, emails: readonly string[]): Promise<string[]> {
    const rows = await this.db.rows(selectMembers(place, emails), MemberRow);
    return rows.map(({ email }) => email);
  }

  /** Ends those whose time is over, so that the address can be invited again. */
  async expire(place: InvitationPlace, emails: readonly string[], now: Date): Promise<void> {
    const at = place.classId === null ? { groupId: place.groupId } : { classId: place.classId };
    await this.db.prisma.invitation.updateMany({
      where: { ...at, email: { in: [...emails] }, ...PENDING, expiresAt: { lte: now } },
      data: { state: 'expired' },
    });
  }

  /** @returns false if the address was invited to the place at the same moment. */
  async insert(invitation: NewInvitation): Promise<boolean> {
    const inserted = await this.db.prisma.invitation.createMany({ data: invitation, skipDuplicates: true });
    return inserted.count === 1;
  }

  /** How many a person has sent out since then. */
  countSince(invitedBy: string, since: Date): Promise<number> {
    return this.db.prisma.invitation.count({ where: { invitedBy, createdAt: { gte: since } } });
  }

  /** Takes an invitation back. @returns false if it has ended, by time as well. */
  async revoke(id: string, now: Date): Promise<boolean> {
    const revoked = await this.db.prisma.invitation.updateMany({
      where: { id, ...PENDING, expiresAt: { gt: now } },
      data: { state: 'revoked', revokedAt: now, secretHash: null },
    });
    return revoked.count === 1;
  }

  /**
   * Gives an invitation another inviter and more time; the link that was sent stops working.
   * @returns false if it has ended, or a newer invitation has replaced it
   */
  async renew(id: string, invitedBy: string, expiresAt: Date): Promise<boolean> {
    const renewed = await this.db.prisma.invitation.updateMany({
      where: { id, ...PENDING },
      data: { invitedBy, expiresAt, secretHash: null },
    });
    return renewed.count === 1;
  }

  /** Uses an invitation up, in one statement: of any number at the same moment one gets it. */
  async accept(id: string, secretHash: Buffer, userId: string, now: Date): Promise<boolean> {
    const accepted = await this.db.prisma.invitation.updateMany({
      where: { id, secretHash: Uint8Array.from(secretHash), ...PENDING, expiresAt: { gt: now } },
      data: { state: 'accepted', acceptedAt: now, acceptedBy: userId },
    });
    return accepted.count === 1;
  }

  deleteOld(expiresAt: Date, limit: number): Promise<number> {
    return this.db.prisma.invitation.deleteBatch({ olderThan: { expiresAt }, limit });
  }

  private async findWhere(condition: Sql, now: Date): Promise<Invitation | null> {
    return (await this.db.row(selectInvitation(condition, now), InvitationRow)) as Invitation | null;
  }

  private list(
    where: readonly Sql[],
    { filters, sort, page }: ListQuery<InvitationFilters>,
    now: Date,
  ): Promise<Page<Invitation>> {
    return this.lists.list({
      columns: invitationColumns(now),
      from: INVITATIONS_FROM,
      where: [...where, ...inState(filters, now)],
      sort: sortBy(INVITATION_SORTS, sort),
      id: sql`i.id`,
      page,
      row: InvitationRow,
    }) as Promise<Page<Invitation>>;
  }
}
