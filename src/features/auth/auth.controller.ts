import type { z } from 'zod';
import type { CsrfGuard } from '../../http/csrf';
import { type Call, type Reply, reply } from '../../http/route';
import type { AuthCookies } from './auth.cookies';
import { InvalidCredentialsError, InvalidRefreshTokenError } from './auth.errors';
import { presentSignIn } from './auth.presenter';
import type { ChangePasswordBody, LogInBody, RefreshBody, RegisterBody } from './auth.schemas';
import type { AuthService } from './auth.service';
import type { SessionsService } from './auth.sessions.service';
import type { Strategies } from './auth.strategies';
import type { SignIn } from './auth.types';

type WithBody<S extends z.ZodType> = Call<unknown, unknown, z.output<S>>;

/** Signing in and out. */
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly strategies: Strategies,
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfGuard,
  ) {}

  register = async ({ body, client }: WithBody<typeof RegisterBody>): Promise<Reply> => {
    return this.signedIn(201, await this.auth.register(body, client));
  };

  logIn = async ({ req, body, client }: WithBody<typeof LogInBody>): Promise<Reply> => {
    const userId = await this.strategies.password(req, { ...body, client });
    if (userId === null) throw new InvalidCredentialsError();
    return this.signedIn(200, await this.sessions.open(userId, client));
  };

  refresh = async ({ req, body, client }: WithBody<typeof RefreshBody>): Promise<Reply> => {
    const secret = body.refreshToken ?? this.cookies.readRefresh(req);
    if (secret === null) throw new InvalidRefreshTokenError();
    return this.signedIn(200, await this.sessions.refresh(secret, client));
  };

  logOut = async ({ req, caller, body }: WithBody<typeof RefreshBody>): Promise<Reply> => {
    await this.sessions.logOut(caller, body.refreshToken ?? this.cookies.readRefresh(req));
    return reply.noContent({ 'Set-Cookie': this.cookies.clear() });
  };

  changePassword = async ({
    principal,
    body,
    client,
  }: WithBody<typeof ChangePasswordBody>): Promise<Reply> => {
    await this.auth.changePassword(principal, body.currentPassword, body.newPassword, client);
    return reply.noContent();
  };

  private signedIn(status: 200 | 201, signIn: SignIn): Reply {
    const csrfToken = this.csrf.tokenFor(signIn.sessionId);
    const refreshSeconds = Math.max(0, Math.floor((signIn.refreshExpiresAt.getTime() - Date.now()) / 1000));
    const cookies = this.cookies.set({ ...signIn, csrfToken, refreshSeconds });
    // Secrets: no cache on the way may keep them.
    return {
      status,
      data: presentSignIn(signIn, csrfToken),
      headers: { 'Set-Cookie': cookies, 'Cache-Control': 'no-store' },
    };
  }
}
