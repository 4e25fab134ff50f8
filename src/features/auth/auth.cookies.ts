import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { ACCESS_TOKEN_SECONDS } from './auth.tokens';

/**
 * The three cookies of a sign-in. Without a domain they carry the `__Host-` prefix: the browser then holds them to
 * HTTPS and to this one host, and no neighbouring subdomain can plant its own.
 */
export class AuthCookies {
  readonly names: { readonly access: string; readonly refresh: string; readonly csrf: string };

  constructor(private readonly domain: string | undefined) {
    const prefix = domain === undefined ? '__Host-' : '';
    this.names = {
      access: `${prefix}rapt_access`,
      refresh: `${prefix}rapt_refresh`,
      csrf: `${prefix}rapt_csrf`,
    };
  }

  /** The Set-Cookie fields of a new or renewed sign-in. */
  set(signIn: {
    accessToken: string;
    refreshToken: string;
    csrfToken: string;
    refreshSeconds: number;
  }): string[] {
    const { access, refresh, csrf } = this.names;
    return [
      this.write({ name: access, value: signIn.accessToken, maxAge: ACCESS_TOKEN_SECONDS, httpOnly: true }),
      this.write({
        name: refresh,
        value: signIn.refreshToken,
        maxAge: signIn.refreshSeconds,
        httpOnly: true,
      }),
      // Readable, as the page must send it back in a header: that it can is what proves that it is ours.
      this.write({ name: csrf, value: signIn.csrfToken, maxAge: signIn.refreshSeconds }),
    ];
  }

  /** The Set-Cookie fields that end it. */
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

  private write(cookie: SetCookie): string {
    const everywhere = { path: '/', secure: true, sameSite: 'lax' as const };
    return stringifySetCookie({
      ...cookie,
      ...everywhere,
      ...(this.domain === undefined ? {} : { domain: this.domain }),
    });
  }
}

function read(req: Request, name: string): string | null {
  const header = req.headers.cookie;
  // Most requests carry other cookies or none: they need no parsing.
  if (header === undefined || !header.includes(name)) return null;
  return parseCookie(header)[name] || null;
}
