import type { Logger } from '../../platform/logging/logger';
import type { Mail } from './notifications.mail';

export interface SendOptions {
  /** Ends the attempt. */
  signal: AbortSignal;
  /** Called once in the moment before the provider could take the mail without our learning of it. */
  beforeHandOver: () => Promise<void>;
}

/** Takes mails out of the house. */
export interface MailSender {
  /**
   * @returns the provider's own id.
   * @throws DeliveryDelayedError where it was certainly not taken and may be later, DeliveryRefusedError where it never will.
   */
  send(mail: Mail, options: SendOptions): Promise<string>;
}

/** Without any provider, on a developer's machine: the mail's text is logged, so that its links can be followed, and not to whom. */
export class LogMailSender implements MailSender {
  constructor(private readonly logger: Logger) {}

  send(mail: Mail): Promise<string> {
    this.logger.info('a mail, which no provider is set up to send', {
      deliveryId: mail.id,
      subject: mail.subject,
      text: mail.text,
    });
    return Promise.resolve('log');
  }
}
