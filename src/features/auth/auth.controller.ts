import type { Request } from 'express';
import type { z } from 'zod';
import type { CsrfGuard } from '../../http/csrf';
import { type Call, type Reply, reply } from '../../http/route';
import { InvalidCredentialsError, InvalidLoginCardError, InvalidRefreshTokenError } from './auth.errors';
import { presentSignIn } from './auth.presenter';
import type {
  CardLogInBody,
  ChangePasswordBody,
  ConfirmBody,
  LogInBody,
  RefreshBody,
  RegisterBody,
} from './auth.schemas';
import type { AuthService } from './auth.service';
import type { DeviceInfo, SignIn } from './auth.types';
import type { PasswordProofs } from './passwords/auth.password-proofs';
import type { AuthCookies } from './sign-ins/auth.cookies';
import type { DeviceTokens } from './sign-ins/auth.devices';
import type { SignInsService } from './sign-ins/auth.sign-ins.service';

type WithBody<S extends z.ZodType> = Call<unknown, unknown, z.output<S>>;

export interface AuthControllerDeps {
  auth: AuthService;
  sessions: SignInsService;
  proofs: PasswordProofs;
  devices: DeviceTokens;
  cookies: AuthCookies;
  csrf: CsrfGuard;
}

/**
 * What a browser stores of this site besides its cookies, which are cleared by name: the device stays
 * known.
 */
const CLEAR_SITE_DATA = '"cache", "storage"';

/** Signing in and out. */
export class AuthController {
  constructor(private readonly deps: AuthControllerDeps) {}

  register = async ({ req, body, client }: WithBody<typeof RegisterBody>): Promise<Reply> => {
    const device = this.deviceOf(req, body.sharedDevice);
    return this.entered(201, await this.deps.auth.register(body, client, device), device, null);
  };

  logIn = async ({ req, body, client }: WithBody<typeof LogInBody>): Promise<Reply> => {
    const device = this.deviceOf(req, body.sharedDevice, body.deviceToken);
    const { proven } = req;
    if (proven === undefined) throw new InvalidCredentialsError();
    const signIn = await this.deps.sessions.open(proven.userId, client, device);
    return this.entered(200, signIn, device, proven.deviceId);
  };

  logInByCard = async ({ req, body, client }: WithBody<typeof CardLogInBody>): Promise<Reply> => {
    const device = this.deviceOf(req, body.sharedDevice);
    const { proven } = req;
    if (proven === undefined) throw new InvalidLoginCardError();
    const signIn = await this.deps.sessions.open(proven.userId, client, device, 'auth.logged_in_by_card');
    return this.entered(200, signIn, device, null);
  };

  refresh = async ({ req, body, client }: WithBody<typeof RefreshBody>): Promise<Reply> => {
    const secret = body.refreshToken ?? this.deps.cookies.readRefresh(req);
    if (secret === null) throw new InvalidRefreshTokenError();
    return this.signedIn(200, await this.deps.sessions.refresh(secret, client), null, []);
  };

  logOut = async ({ req, optionalPrincipal, body }: WithBody<typeof RefreshBody>): Promise<Reply> => {
    const { cookies, sessions } = this.deps;
    await sessions.logOut(optionalPrincipal, body.refreshToken ?? cookies.readRefresh(req));
    // A request without cookies has stored nothing, and its browser refuses to clear anything.
    const headers = { 'Set-Cookie': cookies.clear() };
    return reply.noContent(
      req.headers.cookie === undefined ? headers : { ...headers, 'Clear-Site-Data': CLEAR_SITE_DATA },
    );
  };

  confirm = async ({ principal, body }: WithBody<typeof ConfirmBody>): Promise<Reply> => {
    const until = await this.deps.proofs.confirm(principal, body.password);
    return reply.ok({ confirmedUntil: until.toISOString() });
  };

  changePassword = async ({ req, principal, body }: WithBody<typeof ChangePasswordBody>): Promise<Reply> => {
    await this.deps.auth.changePassword(principal, body);
    return reply.noContent(this.renewedDevice(req, principal.userId));
  };

  /** A new password makes all devices unknown, except the one on which it was chosen. */
  private renewedDevice(req: Request, userId: string): Reply['headers'] {
    const { cookies, devices } = this.deps;
    const tokens = cookies.readDevice(req).map((token) => ({ token, device: devices.read(token) }));
    const known = tokens.find(({ device }) => device?.userId === userId)?.device;
    if (known === undefined || known === null) return {};
    const others = tokens.filter(({ device }) => device !== null && device.userId !== userId);
    return {
      'Set-Cookie': [
        cookies.setDevice(
          devices.issue(userId, known.id),
          others.map(({ token }) => token),
        ),
      ],
    };
  }

  private deviceOf(req: Request, isShared: boolean, token?: string): DeviceInfo {
    const { cookies } = this.deps;
    return {
      isShared,
      tokens: cookies.deviceTokens(req, token),
      previousRefreshToken: cookies.readRefresh(req),
    };
  }

  /** The answer after a successful sign-in: the device is known from now on, unless it is shared. */
  private entered(status: 200 | 201, signIn: SignIn, { tokens }: DeviceInfo, deviceId: string | null): Reply {
    const { cookies, devices } = this.deps;
    if (signIn.isSharedDevice) return this.signedIn(status, signIn, null, []);
    const { id } = signIn.account;
    const deviceToken = devices.issue(id, deviceId);
    const others = tokens.filter((each) => ![null, id].includes(devices.read(each)?.userId ?? null));
    return this.signedIn(status, signIn, deviceToken, [cookies.setDevice(deviceToken, others)]);
  }

  private signedIn(
    status: 200 | 201,
    signIn: SignIn,
    deviceToken: string | null,
    deviceCookie: readonly string[],
  ): Reply {
    const csrfToken = this.deps.csrf.tokenFor(signIn.sessionId);
    const refreshSeconds = Math.max(0, Math.floor((signIn.refreshExpiresAt.getTime() - Date.now()) / 1000));
    const cookies = this.deps.cookies.set({ ...signIn, csrfToken, refreshSeconds });
    // The answer contains secrets, so no cache may store it.
    return {
      status,
      data: presentSignIn(signIn, csrfToken, deviceToken),
      headers: { 'Set-Cookie': [...cookies, ...deviceCookie], 'Cache-Control': 'no-store' },
    };
  }
}
