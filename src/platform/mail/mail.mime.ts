import MailComposer from 'nodemailer/lib/mail-composer';
import { headersOf, type Mail } from './mail';
import { LOGO_ID, type MailLogo } from './mail.logo';

/** The same mail has the same message id, so that a mailbox shows it once. */
export function messageIdOf(mail: Mail, from: string): string {
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${mail.id}@${domain}>`;
}

/** Builds the mail as it is transmitted. */
export function composeMime(mail: Mail, from: string): Promise<Buffer> {
  return new MailComposer({
    from,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: messageIdOf(mail, from),
    ...(mail.logo === null ? {} : { attachments: [attachmentOf(mail.logo)] }),
    headers: headersOf(mail),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** The image is part of the mail, because clients block external images, and many of them block data URLs. */
const attachmentOf = ({ content, contentType, fileName }: MailLogo) => ({
  ...{ content, contentType, filename: fileName, cid: LOGO_ID },
  contentDisposition: 'inline' as const,
});
