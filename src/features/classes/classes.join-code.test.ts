import { newJoinCode, normalizeJoinCode } from './classes.join-code';

describe('join codes', () => {
  it('are 8 characters without ambiguous ones', () => {
    const codes = Array.from({ length: 2_000 }, newJoinCode);
    for (const code of codes) expect(code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(new Set(codes).size).toBe(codes.length);
    // Each of the 32 characters occurs among 16,000.
    expect(new Set(codes.join('')).size).toBe(32);
  });

  it.each(['kx7m2qpa', 'KX7M-2QPA', ' kx7m 2qpa ', 'k-x-7-m-2-q-p-a'])('are understood as %p', (typed) => {
    expect(normalizeJoinCode(typed)).toBe('KX7M2QPA');
  });
});
