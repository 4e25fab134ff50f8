import type { Platform } from '../../platform/platform';
import { newId } from '../../shared/ids';
import { sendAccountMailContract } from './mails.contract';
import { MailNotConfiguredError } from './mails.errors';
import type { MailsRepository } from './mails.repository';
import type { MailKind } from './mails.types';

export interface MailRequest {
  kind: MailKind;
  /** Null for a mail that anybody may request with an address. */
  userId: string | null;
  /** Of a mail of the kind `invitation`. */
  invitationId?: string;
  tenantId: string | null;
  /** Null for a person without an address, who gets no mail. */
  recipient: string | null;
}

/** Requests mails about accounts. A job writes and sends them. */
export class AccountMails {
  constructor(
    private readonly platform: Pick<Platform, 'db' | 'clock' | 'outbox' | 'mail'>,
    private readonly mails: MailsRepository,
  ) {}

  /** Whether this installation can send mails. */
  get isConfigured(): boolean {
    return this.platform.mail !== null;
  }

  /** For requests that make no sense without a mail. @throws MailNotConfiguredError */
  assertConfigured(): void {
    if (!this.isConfigured) throw new MailNotConfiguredError();
  }

  /** Sends the mail after the ambient transaction has committed. Does nothing if no mail can be sent. */
  async request({ kind, userId, invitationId, tenantId, recipient }: MailRequest): Promise<void> {
    if (!this.isConfigured || recipient === null) return;
    const id = newId();
    await this.platform.db.transaction(async () => {
      await this.mails.insert({ id, kind, userId, invitationId: invitationId ?? null, recipient });
      await this.platform.outbox.start(sendAccountMailContract, {
        input: { mailId: id },
        tenantId,
        subjectId: id,
      });
    });
  }

  /** Withdraws requested mails that are not sent yet. */
  async withdraw(userId: string, ...kinds: readonly MailKind[]): Promise<void> {
    await this.mails.skipPending(userId, kinds, 'mail.superseded', this.platform.clock.now());
  }
}
