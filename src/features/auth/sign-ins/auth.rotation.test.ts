import { familyExpiry, GRACE_MS, judgeRefresh, type RotationState, tokenExpiry } from './auth.rotation';

const NOW = new Date('2026-11-03T12:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);
const FRESH: RotationState = {
  expiresAt: at(1_000),
  familyExpiresAt: at(2_000),
  usedAt: null,
  revokedAt: null,
  successorUsed: null,
};

describe('a refresh token that is shown', () => {
  it('rotates when it is fresh', () => {
    expect(judgeRefresh(FRESH, NOW)).toBe('rotate');
  });

  it.each([
    ['idle for too long', { expiresAt: NOW }],
    ['of a sign-in that is over', { familyExpiresAt: NOW }],
    ['of a sign-in that was ended', { revokedAt: at(-1) }],
    ['used and of a sign-in that was ended', { revokedAt: at(-1), usedAt: at(-1), successorUsed: false }],
  ])('is refused when %s', (_when, change) => {
    expect(judgeRefresh({ ...FRESH, ...change }, NOW)).toBe('refuse');
  });

  it('gets the same answer again within the grace', () => {
    expect(judgeRefresh({ ...FRESH, usedAt: at(-GRACE_MS), successorUsed: false }, NOW)).toBe('repeat');
  });

  it('is a reuse after the grace, or once its successor was used', () => {
    expect(judgeRefresh({ ...FRESH, usedAt: at(-GRACE_MS - 1), successorUsed: false }, NOW)).toBe('reuse');
    expect(judgeRefresh({ ...FRESH, usedAt: at(-1), successorUsed: true }, NOW)).toBe('reuse');
  });

  it('lives 30 days at most, its sign-in 90, and never longer than its sign-in', () => {
    const day = 24 * 3_600_000;
    expect(familyExpiry(NOW, false)).toEqual(at(90 * day));
    expect(tokenExpiry(NOW, at(90 * day), false)).toEqual(at(30 * day));
    expect(tokenExpiry(NOW, at(5 * day), false)).toEqual(at(5 * day));
  });

  it('lives for an hour on a shared device, its sign-in for a school day', () => {
    const hour = 3_600_000;
    expect(familyExpiry(NOW, true)).toEqual(at(12 * hour));
    expect(tokenExpiry(NOW, at(12 * hour), true)).toEqual(at(hour));
    expect(tokenExpiry(NOW, at(hour / 2), true)).toEqual(at(hour / 2));
  });
});
