import webPush from 'web-push';
import { ForbiddenAddressError, type OutgoingGuard, requestOutgoing } from '../../../platform/http-client';
import type { PushTarget } from '../notifications.types';

/** Push services answer at once; the whole of a person's browsers must fit into the activity. */
const TIMEOUT_MS = 10_000;
/** A browser that was off for longer finds it in the list. */
const TTL_SECONDS = 24 * 3_600;

export interface PushMessage {
  /** The notification's id: of two messages with the same one the push service keeps the later. */
  topic: string;
  payload: unknown;
}

/** What became of it: `gone` where the browser takes no more. */
export type PushOutcome = 'sent' | 'gone' | 'delayed' | 'refused';

export interface PushOptions {
  publicKey: string;
  privateKey: string;
  /** mailto: or https: by which push services can reach us. */
  subject: string;
  /** Decides where endpoints may lead: an endpoint is whatever somebody says it is. */
  guard: OutgoingGuard;
}

/** Sends Web Push: encrypted for the browser, signed with our VAPID key. */
export class PushSender {
  constructor(private readonly options: PushOptions) {}

  get publicKey(): string {
    return this.options.publicKey;
  }

  async send(target: PushTarget, { topic, payload }: PushMessage, signal: AbortSignal): Promise<PushOutcome> {
    const request = this.encrypt(target, topic, JSON.stringify(payload));
    if (request === null) return 'gone';
    const status = await this.post(request, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])).catch(
      (error: unknown) => (error instanceof ForbiddenAddressError ? 404 : 503),
    );
    if (status < 300) return 'sent';
    if (status === 404 || status === 410) return 'gone';
    return status === 408 || status === 429 || status >= 500 ? 'delayed' : 'refused';
  }

  /** Null where the keys are none that anything can be encrypted with. */
  private encrypt({ endpoint, p256dh, auth }: PushTarget, topic: string, payload: string) {
    const { publicKey, privateKey, subject } = this.options;
    try {
      return webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: TTL_SECONDS,
        topic,
        contentEncoding: 'aes128gcm',
      });
    } catch {
      return null;
    }
  }

  private async post(
    { endpoint, headers, body }: webPush.RequestDetails,
    signal: AbortSignal,
  ): Promise<number> {
    const response = await requestOutgoing(this.options.guard, new URL(endpoint), {
      ...{ method: 'POST', headers, body, signal },
    });
    // Its words are of no interest, and may be many.
    response.destroy();
    return response.statusCode ?? 503;
  }
}
