import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { NOTIFICATION_EVENTS, type NotificationEvent } from './notifications.events';

export interface Unsubscription {
  userId: string;
  /** The kind of mail; null for all of them, as a digest has several. */
  event: NotificationEvent | null;
}

const TOKEN = /^([\w-]{22})\.([a-z_.]{1,121})\.([\w-]{43})$/;

/** Makes and reads the tokens of unsubscribe links: good for one person and one kind of mail, for ever. */
export class UnsubscribeTokens {
  constructor(private readonly key: KeyObject) {}

  create({ userId, event }: Unsubscription): string {
    const user = Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
    const signed = `${user}.${event ?? 'all'}`;
    return `${signed}.${this.mac(signed).toString('base64url')}`;
  }

  /** What the token says; null for one that is not ours. */
  read(token: string): Unsubscription | null {
    const [, user, kind, mac] = TOKEN.exec(token) ?? [];
    if (user === undefined || kind === undefined || mac === undefined) return null;
    const given = Buffer.from(mac, 'base64url');
    const expected = this.mac(`${user}.${kind}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const event = NOTIFICATION_EVENTS.find((each) => each === kind) ?? null;
    if (event === null && kind !== 'all') return null;
    const hex = Buffer.from(user, 'base64url').toString('hex');
    return { userId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), event };
  }

  private mac(signed: string): Buffer {
    return createHmac('sha256', this.key).update(signed).digest();
  }
}
