/** A person, as far as signing in needs it. */
export interface Account {
  id: string;
  tenantId: string | null;
  email: string | null;
  /** Unique in the district. */
  username: string | null;
  name: string;
  locale: string | null;
  isPlatformAdmin: boolean;
  /** Another person chose the password, and it is not changed yet. */
  mustChangePassword: boolean;
  /** When the person showed that they read mails to the address. */
  emailVerifiedAt: Date | null;
}

/** The origin of a request. */
export interface ClientInfo {
  ip: string;
  userAgent: string | null;
}

/** What a client says about its device. */
export interface DeviceInfo {
  /** Other people use it too, so nothing may stay on it. */
  isShared: boolean;
  /** The device tokens that it holds, of any account. */
  tokens: readonly string[];
  /** The refresh token of this browser's previous sign-in. */
  previousRefreshToken: string | null;
}

/** Who somebody says they are: by e-mail, or by a username in a district. */
export type SignInName = { email: string } | { districtCode: string; username: string };

export type LogInInput = SignInName & { password: string };

export interface RegisterInput {
  email: string;
  password: string;
  name: string;
}

/** The result of signing in. All secrets are shown only this once. */
export interface SignIn {
  account: Account;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
  /** When the refresh token expires if it is not used. */
  refreshExpiresAt: Date;
  isSharedDevice: boolean;
}

/** One sign-in (a family of refresh tokens), as its owner sees it. */
export interface SignInInfo {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  userAgent: string | null;
  ip: string | null;
}

/** Why a sign-in ended early. */
export type EndReason = 'logout' | 'ended' | 'reuse' | 'password_changed' | 'deactivated' | 'replaced';

export type { ApiToken } from './tokens/auth.api-tokens.repository';
