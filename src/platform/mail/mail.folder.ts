import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Mail } from './mail';
import { DeliveryDelayedError } from './mail.errors';
import { composeMime, messageIdOf } from './mail.mime';
import type { MailSender, SendOptions } from './mail.senders';

const DEFAULT_FROM = 'Raptscallions <no-reply@localhost>';
/** Mails contain names and links, so only the person who runs this may read them. */
const FOR_OWNER = { folder: 0o700, file: 0o600 };

export interface MailFolderOptions {
  folder: string;
  from?: string;
}

/**
 * Without a provider, each mail becomes an `.eml` file, which any mail program opens. Nothing of it is
 * logged.
 */
export class FolderMailSender implements MailSender {
  private readonly folder: string;
  private readonly from: string;

  constructor({ folder, from = DEFAULT_FROM }: MailFolderOptions) {
    this.folder = resolve(folder);
    this.from = from;
  }

  /** The same mail is always the same file. */
  async send(mail: Mail, { beforeHandOver }: SendOptions): Promise<string> {
    const raw = await composeMime(mail, this.from);
    const file = join(this.folder, `${mail.id}.eml`);
    await beforeHandOver();
    try {
      await mkdir(this.folder, { recursive: true, mode: FOR_OWNER.folder });
      // Written under another name first, so that nobody opens half a mail.
      await writeFile(`${file}.part`, raw, { mode: FOR_OWNER.file });
      await rename(`${file}.part`, file);
    } catch {
      throw new DeliveryDelayedError('mail.unavailable');
    }
    return messageIdOf(mail, this.from);
  }
}
