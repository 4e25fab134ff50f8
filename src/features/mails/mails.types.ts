/** What a link is good for. */
export type LinkPurpose = 'password_reset' | 'email_verification' | 'email_change' | 'account_setup';

/** What a mail is about. */
export type MailKind =
  | 'password_reset'
  | 'password_changed'
  | 'email_verification'
  | 'email_change'
  | 'email_change_announced'
  | 'account_setup';

/** A link whose secret somebody has shown. */
export interface OneTimeLink {
  id: string;
  purpose: LinkPurpose;
  userId: string;
  /** The address that the mail went to. */
  address: string;
}

/** A mail that waits to be sent. */
export interface PendingMail {
  id: string;
  kind: MailKind;
  userId: string | null;
  recipient: string;
  attempts: number;
  createdAt: Date;
}

/** The account that a mail is about. */
export interface MailAccount {
  id: string;
  tenantId: string | null;
  email: string | null;
  name: string;
  locale: string | null;
  status: 'active' | 'deactivated';
  emailVerifiedAt: Date | null;
  /** The ways in which the person signs in. */
  providers: readonly string[];
}

/** How the mails of a district look, and in which language they are if the reader has chosen none. */
export interface MailLook {
  school: string;
  color: string | undefined;
  /** A PNG or JPEG as a data URL. */
  logoImage: string | null;
  locale: string | undefined;
}
