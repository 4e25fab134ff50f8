/** For this long a used refresh token may be shown again, since the answer to its first use can have got lost. */
export const GRACE_MS = 10_000;
/** A sign-in that is not used for so long ends. */
const IDLE_MS = 30 * 24 * 3_600_000;
/** A sign-in ends after this, however much it is used. */
const ABSOLUTE_MS = 90 * 24 * 3_600_000;
/** On a shared device: a double lesson without a pause. The next class must not find it open. */
const SHARED_IDLE_MS = 3_600_000;
/** A school day. */
const SHARED_ABSOLUTE_MS = 12 * 3_600_000;

export interface RotationState {
  expiresAt: Date;
  familyExpiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
  /** Whether the token that followed this one has itself been used; null where none followed. */
  successorUsed: boolean | null;
}

/**
 * `rotate`: give out the successor and mark this one used. `repeat`: give out the same successor again. `reuse`:
 * somebody holds an old copy, end the whole sign-in. `refuse`: it has ended already.
 */
export type Verdict = 'rotate' | 'repeat' | 'reuse' | 'refuse';

/** What a shown refresh token amounts to at this moment. */
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

/** The end of a refresh token given out now: idle time, but never past the end of its sign-in. */
export function tokenExpiry(now: Date, familyExpiresAt: Date, isSharedDevice: boolean): Date {
  const idleMs = isSharedDevice ? SHARED_IDLE_MS : IDLE_MS;
  return new Date(Math.min(now.getTime() + idleMs, familyExpiresAt.getTime()));
}
