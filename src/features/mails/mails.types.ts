/** The purpose of a link. */
export type LinkPurpose = 'password_reset' | 'email_verification' | 'email_change' | 'account_setup';

/** The kind of a mail. */
export type MailKind =
  | 'password_reset'
  | 'password_changed'
  | 'email_verification'
  | 'email_change'
  | 'email_change_announced'
  | 'account_setup'
  | 'invitation';

/** A link whose secret was presented. */
export interface OneTimeLink {
  id: string;
  purpose: LinkPurpose;
  userId: string;
  /** The address to which the mail went. */
  address: string;
}

/** A mail that waits to be sent. */
export interface PendingMail {
  id: string;
  kind: MailKind;
  userId: string | null;
  invitationId: string | null;
  recipient: string;
  attempts: number;
  createdAt: Date;
}

/** The account that a mail concerns. */
export interface MailAccount {
  id: string;
  tenantId: string | null;
  email: string | null;
  name: string;
  locale: string | null;
  status: 'active' | 'deactivated';
  emailVerifiedAt: Date | null;
  /** How the person signs in. */
  providers: readonly string[];
}

/** What an invitation mail tells of. */
export interface MailInvitation {
  id: string;
  tenantId: string;
  role: string;
  state: string;
  /** The name of the group or class. */
  place: string;
  /** Null if the account is gone. */
  inviter: string | null;
  /** Of the invited person, if they have an account. */
  locale: string | null;
}

/** The appearance of a district's mails, and their language if the reader has chosen none. */
export interface MailLook {
  school: string;
  color: string | undefined;
  /** A PNG or JPEG as a data URL. */
  logoImage: string | null;
  locale: string | undefined;
}
