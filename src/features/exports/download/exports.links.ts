import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Enough for a click, and to resume an interrupted download; a leaked link soon expires. */
const LINK_MS = 15 * 60_000;

const TOKEN = /^(\d{10})\.([\w-]{43})$/;

/** Signs and verifies download links. Each is valid for one export, one person and a quarter of an hour. */
export class ExportLinks {
  constructor(private readonly key: KeyObject) {}

  create(exportId: string, userId: string, now: Date): { token: string; expiresAt: Date } {
    const expires = Math.ceil((now.getTime() + LINK_MS) / 1000);
    const mac = this.mac(exportId, userId, expires).toString('base64url');
    return { token: `${expires}.${mac}`, expiresAt: new Date(expires * 1000) };
  }

  isValid(token: string, exportId: string, userId: string, now: Date): boolean {
    const [, expires, mac] = TOKEN.exec(token) ?? [];
    if (expires === undefined || mac === undefined) return false;
    const expected = this.mac(exportId, userId, Number(expires));
    const given = Buffer.from(mac, 'base64url');
    return (
      given.length === expected.length &&
      timingSafeEqual(given, expected) &&
      Number(expires) * 1000 > now.getTime()
    );
  }

  private mac(exportId: string, userId: string, expires: number): Buffer {
    return createHmac('sha256', this.key).update(`${exportId}/${userId}/${expires}`).digest();
  }
}
