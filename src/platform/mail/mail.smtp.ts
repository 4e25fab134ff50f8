import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Mail } from './mail';
import { DeliveryDelayedError, DeliveryRefusedError } from './mail.errors';
import { composeMime, messageIdOf } from './mail.mime';
import type { MailSender, SendOptions } from './mail.senders';

/** A server that does not answer within this time is unreachable. */
const CONNECT_MS = 10_000;
/** Some servers scan a mail before they accept it. */
const IDLE_MS = 30_000;
/** The whole conversation: less than the activity's time limit. */
const TOTAL_MS = 60_000;

interface SmtpFailure extends Error {
  code?: string;
  responseCode?: number;
}

export interface SmtpOptions {
  /** smtp://user:password@host:port, or smtps:// for TLS from the first byte. */
  url: string;
  from: string;
}

/** Sends mails with any mail server. */
export class SmtpMailSender implements MailSender {
  constructor(private readonly options: SmtpOptions) {}

  async send(mail: Mail, { signal, beforeHandOver }: SendOptions): Promise<string> {
    const raw = await composeMime(mail, this.options.from);
    const state = { handed: false };
    const connection = this.connection();
    // The connection reads it only after the server has said that it is ready for the message.
    const message = Readable.from(
      (async function* () {
        await beforeHandOver();
        state.handed = true;
        yield raw;
      })(),
      { objectMode: false },
    );
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(TOTAL_MS)]);
    try {
      await this.converse(connection, mail.to, message, deadline);
    } catch (error) {
      throw failureOf(error as SmtpFailure, state.handed);
    } finally {
      message.destroy();
      connection.close();
    }
    return messageIdOf(mail, this.options.from);
  }

  private connection(): SMTPConnection {
    const url = new URL(this.options.url);
    const secure = url.protocol === 'smtps:';
    return new SMTPConnection({
      host: url.hostname,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
    });
  }

  private async converse(
    connection: SMTPConnection,
    to: string,
    message: Readable,
    signal: AbortSignal,
  ): Promise<void> {
    const url = new URL(this.options.url);
    const from = /<([^<>]+)>\s*$/.exec(this.options.from)?.[1] ?? this.options.from;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(new Error('aborted'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      connection.once('error', reject);
      connection.once('end', () => reject(new Error('the server hung up')));
      message.once('error', reject);
      const send = (): void =>
        connection.send({ from, to: [to] }, message, (error) => (error ? reject(error) : resolve()));
      connection.connect((error) => {
        if (error) return reject(error);
        if (url.username === '') return send();
        const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
        connection.login({ credentials: auth }, (failed) => (failed ? reject(failed) : send()));
      });
    });
    // A clean end; the mail is accepted whether this arrives or not.
    connection.quit();
  }
}

/** Classifies a failure: refused, delayed, or unknown, in which case the mail is not sent again. */
function failureOf(error: SmtpFailure, handed: boolean): Error {
  const reply = error.responseCode;
  if (reply === undefined && handed) return new DeliveryRefusedError('mail.outcome_unknown');
  // An administrator will fix a wrong password; the mail itself is fine.
  if (reply !== undefined && reply >= 500 && error.code !== 'EAUTH')
    return new DeliveryRefusedError('mail.refused');
  return new DeliveryDelayedError('mail.unavailable');
}
