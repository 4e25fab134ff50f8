import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { NOTIFICATION_EVENTS, type NotificationEvent } from '../notifications.events';

export interface Unsubscription {
  userId: string;
  /** The kind of mail; null for all kinds, because a digest has several. */
  event: NotificationEvent | null;
}

/**
 * Twice the month for which laws require such a link to work; a later leak of the mailbox reveals nothing.
 */
const LIFETIME_DAYS = 60;
const TOKEN = /^([\w-]{22})\.([a-z_.]{1,121})\.(\d{10})\.([\w-]{43})$/;

/** A token whose signature is valid for one address only. */
export interface SignedUnsubscription extends Unsubscription {
  isFor(email: string): boolean;
}

/**
 * Creates and reads the tokens of unsubscribe links. Each is valid for one person, the address to which the
 * mail went, one kind of mail, and sixty days.
 */
export class UnsubscribeTokens {
  constructor(private readonly key: KeyObject) {}

  create({ userId, event }: Unsubscription, email: string, now: Date): string {
    const user = Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
    const ends = Math.floor(now.getTime() / 1000) + LIFETIME_DAYS * 86_400;
    const signed = `${user}.${event ?? 'all'}.${ends}`;
    return `${signed}.${this.mac(signed, email).toString('base64url')}`;
  }

  /** Reads the token, still to be checked against the person's address; null if it has expired. */
  read(token: string, now: Date): SignedUnsubscription | null {
    const [, user, kind, ends, mac] = TOKEN.exec(token) ?? [];
    if (user === undefined || kind === undefined || ends === undefined || mac === undefined) return null;
    if (Number(ends) * 1000 <= now.getTime()) return null;
    const event = NOTIFICATION_EVENTS.find((each) => each === kind) ?? null;
    if (event === null && kind !== 'all') return null;
    const hex = Buffer.from(user, 'base64url').toString('hex');
    const given = Buffer.from(mac, 'base64url');
    return {
      userId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      event,
      isFor: (email) => {
        const expected = this.mac(`${user}.${kind}.${ends}`, email);
        return given.length === expected.length && timingSafeEqual(given, expected);
      },
    };
  }

  private mac(signed: string, email: string): Buffer {
    return createHmac('sha256', this.key).update(`${signed}.${email}`).digest();
  }
}
