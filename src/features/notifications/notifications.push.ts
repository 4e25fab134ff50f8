import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import webPush from 'web-push';
import type { PushTarget } from './notifications.types';

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
  /** Lets endpoints lie on this machine and without TLS, for development and tests. */
  allowLocal: boolean;
}

const INTERNAL = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  INTERNAL.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(net, prefix, 'ipv6');

/** Whether an address is one of our own network: an endpoint is whatever somebody says it is. */
export function isInternalAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isInternalAddress(mapped);
  const family = isIP(address);
  return family === 0 || INTERNAL.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Looks a name up and refuses what leads inside; the connection is made to exactly what was looked at. */
const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isInternalAddress(address)))
      return callback(Object.assign(new Error('leads inside'), { code: 'EINTERNAL' }), '', 0);
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

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
      (error: NodeJS.ErrnoException) => (error.code === 'EINTERNAL' ? 404 : 503),
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

  private post(details: webPush.RequestDetails, signal: AbortSignal): Promise<number> {
    const { allowLocal } = this.options;
    const url = new URL(details.endpoint);
    const isPlain = url.protocol === 'http:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const leadsInside = isPlain || (isIP(host) !== 0 && isInternalAddress(host));
    if (leadsInside && !allowLocal)
      return Promise.reject(Object.assign(new Error('leads inside'), { code: 'EINTERNAL' }));
    return new Promise((resolve, reject) => {
      const request = (isPlain ? http : https).request(
        url,
        {
          method: 'POST',
          headers: details.headers,
          signal,
          ...(allowLocal ? {} : { lookup: outsideOnly }),
        },
        (response) => {
          // Its words are of no interest, and may be many.
          response.destroy();
          resolve(response.statusCode ?? 503);
        },
      );
      request.once('error', reject);
      request.end(details.body);
    });
  }
}
