import MailComposer from 'nodemailer/lib/mail-composer';
import { LOGO_ID, type MailLogo } from './notifications.logo';
import type { Mail } from './notifications.mail';

/** The same for the same mail, so that a mailbox shows it once. */
export function messageIdOf(mail: Mail, from: string): string {
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${mail.id}@${domain}>`;
}

/** The mail as it goes over the wire. */
export function composeMime(mail: Mail, from: string): Promise<Buffer> {
  return new MailComposer({
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: messageIdOf(mail, from),
    ...(mail.logo === null ? {} : { attachments: [attachmentOf(mail.logo)] }),
    headers: {
      'List-Unsubscribe': `<${mail.unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Auto-Submitted': 'auto-generated',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** A part of the mail itself: clients block what comes from elsewhere, and many of them data URLs. */
const attachmentOf = ({ content, contentType, fileName }: MailLogo) => ({
  ...{ content, contentType, filename: fileName, cid: LOGO_ID },
  contentDisposition: 'inline' as const,
});
