import type { Config } from '../../config/config';
import { FolderMailSender } from './mail.folder';
import { ResendMailSender } from './mail.resend';
import type { MailSender } from './mail.senders';
import { SmtpMailSender } from './mail.smtp';

/** The mail sender: Resend if there is a key, else a mail server, else a folder; null if nothing is set. */
export function createMailSender(config: Config): MailSender | null {
  const { RESEND_API_KEY: apiKey, RESEND_API_URL: apiUrl, SMTP_URL: url, MAIL_FROM: from } = config;
  if (apiKey !== undefined && from !== undefined)
    return new ResendMailSender({ apiKey, apiUrl: apiUrl.replace(/\/+$/, ''), from });
  if (url !== undefined && from !== undefined) return new SmtpMailSender({ url, from });
  const { MAIL_FOLDER: folder } = config;
  return folder === undefined
    ? null
    : new FolderMailSender({ folder, ...(from === undefined ? {} : { from }) });
}
