import { z } from 'zod';
import { headersOf, type Mail } from './mail';
import { DeliveryDelayedError, DeliveryRefusedError } from './mail.errors';
import { LOGO_ID, type MailLogo } from './mail.logo';
import type { MailSender, SendOptions } from './mail.senders';

/** Resend answers within a second; the next attempt uses the same key. */
const TIMEOUT_MS = 15_000;

const Answer = z.object({ id: z.string().max(200) });
const Failure = z.object({ name: z.string() });

export interface ResendOptions {
  apiKey: string;
  apiUrl: string;
  from: string;
}

/**
 * Sends mails with Resend's REST API. Its idempotency key makes the same delivery one mail, however often
 * it is handed over.
 */
export class ResendMailSender implements MailSender {
  constructor(private readonly options: ResendOptions) {}

  async send(mail: Mail, { signal }: SendOptions): Promise<string> {
    const response = await this.post(mail, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])).catch(
      () => {
        throw new DeliveryDelayedError('mail.unavailable');
      },
    );
    if (response.status < 300) return Answer.safeParse(response.body).data?.id ?? 'resend';
    const name = Failure.safeParse(response.body).data?.name;
    // It was accepted under this key before, with another title or link.
    if (response.status === 409 && name === 'invalid_idempotent_request') return 'resend';
    const isForLater = response.status >= 500 || [401, 403, 408, 409, 425, 429].includes(response.status);
    if (isForLater) throw new DeliveryDelayedError('mail.unavailable', response.retryAfterSeconds);
    throw new DeliveryRefusedError('mail.refused');
  }

  private async post(mail: Mail, signal: AbortSignal) {
    const { apiKey, apiUrl, from } = this.options;
    const response = await fetch(`${apiUrl}/emails`, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': mail.id,
      },
      body: JSON.stringify({
        from,
        to: [mail.to],
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        ...(mail.logo === null ? {} : { attachments: [attachmentOf(mail.logo)] }),
        headers: headersOf(mail),
      }),
    });
    const body: unknown = await response.json().catch(() => null);
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      body,
      // At most an hour, whatever the header says.
      retryAfterSeconds: retryAfter > 0 && retryAfter <= 3_600 ? retryAfter : undefined,
    };
  }
}

/** Shown where the HTML names its content id. */
const attachmentOf = ({ content, contentType, fileName }: MailLogo) => ({
  ...{ content: content.toString('base64'), content_type: contentType },
  ...{ filename: fileName, content_id: LOGO_ID },
});
