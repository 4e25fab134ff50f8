/**
 * For how long a used refresh token is accepted again, because the answer to its first use may have been
 * lost.
 */
export const GRACE_MS = 10_000;
/** A sign-in that is not used for this long ends. */
const IDLE_MS = 30 * 24 * 3_600_000;
/** A sign-in ends after this time, however often it is used. */
const ABSOLUTE_MS = 90 * 24 * 3_600_000;
/** For a shared device: a double lesson without a pause. The next class must not find it open. */
const SHARED_IDLE_MS = 3_600_000;
/** A school day. */
const SHARED_ABSOLUTE_MS = 12 * 3_600_000;

export interface RotationState {
  expiresAt: Date;
  familyExpiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
  /** Whether the next token has itself been used; null if there is none. */
  successorUsed: boolean | null;
}

/**
 * `rotate`: issue the successor and mark this one used. `repeat`: return the same successor again. `reuse`:
 * the token was copied, so end the whole sign-in. `refuse`: it has already ended.
 */
export type Verdict = 'rotate' | 'repeat' | 'reuse' | 'refuse';

/** Judges a refresh token at this moment. */
export function judgeRefresh(token: RotationState, now: Date): Verdict {
  if (token.revokedAt !== null || token.expiresAt <= now || token.familyExpiresAt <= now) return 'refuse';
  if (token.usedAt === null) return 'rotate';
  const isRepeat = token.successorUsed === false && now.getTime() - token.usedAt.getTime() <= GRACE_MS;
  return isRepeat ? 'repeat' : 'reuse';
}

/** The end of a sign-in that begins now. */
export function familyExpiry(now: Date, isSharedDevice: boolean): Date {
  return new Date(now.getTime() + (isSharedDevice ? SHARED_ABSOLUTE_MS : ABSOLUTE_MS));
}

/** The expiry of a refresh token issued now: after the idle time, but never past the end of its sign-in. */
export function tokenExpiry(now: Date, familyExpiresAt: Date, isSharedDevice: boolean): Date {
  const idleMs = isSharedDevice ? SHARED_IDLE_MS : IDLE_MS;
  return new Date(Math.min(now.getTime() + idleMs, familyExpiresAt.getTime()));
}
