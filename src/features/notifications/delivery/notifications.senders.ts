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
