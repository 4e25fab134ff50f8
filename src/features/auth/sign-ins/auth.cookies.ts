import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { API_BASE } from '../../../http/base';
import { ACCESS_TOKEN_SECONDS } from '../tokens/auth.tokens';
import { DEVICE_DAYS } from './auth.devices';

/** The path of the device cookie: it is only sent to sign in. */
const DEVICE_PATH = `${API_BASE}/auth`;
/** How many accounts a browser remembers; the one with the oldest sign-in is dropped first. */
const MAX_DEVICE_TOKENS = 5;

/**
 * The three cookies of a sign-in, and the one that a device keeps afterwards. Without a domain they have
 * the `__Host-` prefix: the browser then binds them to HTTPS and to this one host, and no neighbouring
 * subdomain can set its own.
 */
export class AuthCookies {
  readonly names: {
    readonly access: string;
    readonly refresh: string;
    readonly csrf: string;
    readonly device: string;
  };

  constructor(private readonly domain: string | undefined) {
    const prefix = domain === undefined ? '__Host-' : '';
    this.names = {
      access: `${prefix}rapt_access`,
      refresh: `${prefix}rapt_refresh`,
      csrf: `${prefix}rapt_csrf`,
      // With its own path it cannot be a __Host- cookie. A planted one is worthless, because the cookie is
      // signed.
      device: domain === undefined ? '__Secure-rapt_device' : 'rapt_device',
    };
  }

  /** The Set-Cookie fields of a new or renewed sign-in. On a shared device they end with the browser. */
  set(signIn: {
    accessToken: string;
    refreshToken: string;
    csrfToken: string;
    refreshSeconds: number;
    isSharedDevice: boolean;
  }): string[] {
    const { access, refresh, csrf } = this.names;
    const lasting = (maxAge: number) => (signIn.isSharedDevice ? {} : { maxAge });
    const long = lasting(signIn.refreshSeconds);
    return [
      this.write({
        name: access,
        value: signIn.accessToken,
        ...lasting(ACCESS_TOKEN_SECONDS),
        httpOnly: true,
      }),
      this.write({ name: refresh, value: signIn.refreshToken, ...long, httpOnly: true }),
      // Readable by scripts, because the page must send it back in a header, which proves that the page is
      // ours.
      this.write({ name: csrf, value: signIn.csrfToken, ...long }),
    ];
  }

  /** The Set-Cookie field with which a browser keeps a device token, beside those of other accounts. */
  setDevice(deviceToken: string, others: readonly string[]): string {
    const kept = [deviceToken, ...others].slice(0, MAX_DEVICE_TOKENS);
    return this.write({
      name: this.names.device,
      value: kept.join('~'),
      maxAge: DEVICE_DAYS * 86_400,
      httpOnly: true,
      path: DEVICE_PATH,
    });
  }

  /** The Set-Cookie fields that end a sign-in. The device stays known. */
  clear(): string[] {
    const { access, refresh, csrf } = this.names;
    return [access, refresh, csrf].map((name) =>
      this.write({ name, value: '', maxAge: 0, httpOnly: name !== csrf }),
    );
  }

  readAccess(req: Request): string | null {
    return read(req, this.names.access);
  }

  readRefresh(req: Request): string | null {
    return read(req, this.names.refresh);
  }

  readDevice(req: Request): string[] {
    return read(req, this.names.device)?.split('~').slice(0, MAX_DEVICE_TOKENS) ?? [];
  }

  /** The device tokens of a request: the one that the client sends itself, and those of the cookie. */
  deviceTokens(req: Request, given?: string): string[] {
    return [...(given === undefined ? [] : [given]), ...this.readDevice(req)];
  }

  private write(cookie: SetCookie): string {
    return stringifySetCookie({
      path: '/',
      ...cookie,
      secure: true,
      sameSite: 'lax',
      ...(this.domain === undefined ? {} : { domain: this.domain }),
    });
  }
}

function read(req: Request, name: string): string | null {
  const header = req.headers.cookie;
  // Most requests have other cookies or none, which need no parsing.
  if (header === undefined || !header.includes(name)) return null;
  return parseCookie(header)[name] || null;
}
