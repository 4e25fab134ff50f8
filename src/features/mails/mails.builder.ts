import type { TestApp, TestAppOptions } from '../../testing/app';
import { createTestApp } from '../../testing/app';
import { FakeMailServer, type ReceivedMail } from '../../testing/mail-server';

export const WEB_APP = 'https://app.example.org';

/** A mail as its reader sees it. */
export interface ReadMail {
  to: string;
  subject: string;
  /** The text part. */
  text: string;
  raw: string;
  /** The secret after `#token=`; empty for a mail without one. */
  token: string;
}

/** An app with its own mail server, whose mail job runs in this process. */
export class MailScene {
  private constructor(
    readonly app: TestApp,
    readonly server: FakeMailServer,
  ) {}

  static async create(options: TestAppOptions = {}): Promise<MailScene> {
    const server = await FakeMailServer.start();
    const mailing = { SMTP_URL: server.url, MAIL_FROM: 'School <school@example.org>', WEB_APP_URL: WEB_APP };
    const app = await createTestApp({ ...options, env: { ...mailing, ...options.env } });
    return new MailScene(app, server);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.server.stop();
  }

  /** Sends all waiting mails, as the worker does. @returns what arrived */
  async send(): Promise<ReadMail[]> {
    const { mails, platform } = this.app.container;
    const waiting = await platform.db.prisma.accountMail.findMany({
      where: { state: 'pending' },
      orderBy: { id: 'asc' },
      select: { id: true },
    });
    const before = this.server.received.length;
    for (const { id } of waiting) await mails.delivery.deliver(id, new AbortController().signal);
    return this.server.received.slice(before).map(readMail);
  }

  /** The same if exactly one mail should arrive. */
  async sendOne(): Promise<ReadMail> {
    const [mail, ...others] = await this.send();
    if (mail === undefined || others.length > 0)
      throw new Error(`${others.length + (mail ? 1 : 0)} mails arrived`);
    return mail;
  }
}

/** Parses a mail as it was transmitted. */
export function readMail({ to, raw }: ReceivedMail): ReadMail {
  const bytes = raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const plain = Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
  const subject = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(plain)?.[1]?.replace(/\n[ \t]/g, ' ') ?? '';
  const text = /text\/plain[\s\S]*?\n\n([\s\S]*?)\n--/.exec(plain)?.[1] ?? '';
  return { to: to[0] ?? '', subject, text, raw: plain, token: /#token=([\w-]+)/.exec(text)?.[1] ?? '' };
}
