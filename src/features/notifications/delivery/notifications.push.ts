import webPush from 'web-push';
import { ForbiddenAddressError, type OutgoingGuard, requestOutgoing } from '../../../platform/http-client';
import type { PushTarget } from '../notifications.types';

/** Push services answer quickly, and all browsers of a person must fit into one activity. */
const TIMEOUT_MS = 10_000;
/** A browser that was off for longer finds the notification in the list. */
const TTL_SECONDS = 24 * 3_600;

export interface PushMessage {
  /** The notification's id: of two messages with the same topic, the push service keeps the later one. */
  topic: string;
  payload: unknown;
}

/** The result: `gone` if the browser is no longer subscribed. */
export type PushOutcome = 'sent' | 'gone' | 'delayed' | 'refused';

export interface PushOptions {
  publicKey: string;
  privateKey: string;
  /** A mailto: or https: address at which push services can reach us. */
  subject: string;
  /** Decides where endpoints may lead, because a client can send any address as its endpoint. */
  guard: OutgoingGuard;
}

/** Sends Web Push messages, encrypted for the browser and signed with our VAPID key. */
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

  /** Returns null if the browser's keys are invalid. */
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
    // The body of the answer is not needed, and may be large.
    response.destroy();
    return response.statusCode ?? 503;
  }
}
