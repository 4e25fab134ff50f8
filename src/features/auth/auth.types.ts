/** A person as far as signing in is concerned. */
export interface Account {
  id: string;
  tenantId: string | null;
  email: string | null;
  /** Unique in the district. */
  username: string | null;
  name: string;
  locale: string | null;
  isPlatformAdmin: boolean;
  /** Somebody else chose the password, and it was not changed yet. */
  mustChangePassword: boolean;
  /** When the person showed that they read mails to the address. */
  emailVerifiedAt: Date | null;
}

/** Where a request comes from. */
export interface ClientInfo {
  ip: string;
  userAgent: string | null;
}

/** What a client says of the device it runs on. */
export interface DeviceInfo {
  /** Others use it, too: nothing may stay on it. */
  isShared: boolean;
  /** Device tokens that it holds, of whichever accounts. */
  tokens: readonly string[];
  /** The refresh token of the sign-in that this browser was in until now. */
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

/** What a person holds after signing in: all secrets are shown this once. */
export interface SignIn {
  account: Account;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
  /** When the refresh token ends if it is not used. */
  refreshExpiresAt: Date;
  isSharedDevice: boolean;
}

/** One sign-in (a family of refresh tokens), as its owner sees it. */
export interface SessionInfo {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  userAgent: string | null;
  ip: string | null;
}

/** Why a sign-in was ended before its time. */
export type EndReason = 'logout' | 'ended' | 'reuse' | 'password_changed' | 'deactivated' | 'replaced';

export type { ApiToken } from './tokens/auth.api-tokens.repository';
