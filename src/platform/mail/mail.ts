import type { MailLogo } from './mail.logo';

/** A mail for a sender. Headers contain no line breaks. */
export interface Mail {
  /** The same mail always has the same id, so that a provider accepts it once. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The image that the HTML shows as `cid:logo`; null if it shows none. */
  logo: MailLogo | null;
  /** A one-click address, as in RFC 8058; null for a mail that nobody can unsubscribe from. */
  unsubscribeUrl: string | null;
}

/** The headers that describe a mail to other machines. */
export function headersOf({ unsubscribeUrl }: Mail): Record<string, string> {
  return {
    ...(unsubscribeUrl === null
      ? {}
      : {
          'List-Unsubscribe': `<${unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
    'Auto-Submitted': 'auto-generated',
  };
}
