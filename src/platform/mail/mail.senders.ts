import type { Mail } from './mail';

export interface SendOptions {
  /** Aborts the attempt. */
  signal: AbortSignal;
  /** Called once, directly before the provider could accept the mail without our learning of it. */
  beforeHandOver: () => Promise<void>;
}

/** Sends mails. */
export interface MailSender {
  /**
   * @returns the provider's own id
   * @throws DeliveryDelayedError if it was certainly not accepted and may be later, DeliveryRefusedError if
   * it never will be
   */
  send(mail: Mail, options: SendOptions): Promise<string>;
}
