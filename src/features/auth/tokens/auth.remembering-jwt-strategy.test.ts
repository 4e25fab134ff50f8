import jwt from 'jsonwebtoken';
import { remembering } from './auth.remembering-jwt-strategy';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './auth.tokens';

const tokens = new AccessTokens('a secret that only this test knows, long enough');
const { secretOrKey: key, ...options } = tokens.verification;
const token = tokens.sign({ userId: 'ada', sessionId: 'sign-in' });

describe('a strategy that remembers', () => {
  let verified: string[];
  let remember: ReturnType<typeof remembering>;
  beforeEach(() => {
    verified = [];
    remember = remembering((given, secret, made, done) => {
      verified.push(given);
      jwt.verify(given, secret as Buffer, made, (error, claims) => done(error, claims as jwt.JwtPayload));
    });
  });
  afterEach(() => jest.useRealTimers());

  const verify = (made = options, given = token) =>
    new Promise<unknown>((resolve) => {
      remember(given, key, made, (error, claims) => resolve(error?.message ?? claims?.sub));
    });

  it('verifies a genuine token once', async () => {
    expect([await verify(), await verify(), await verify()]).toEqual(['ada', 'ada', 'ada']);
    expect(verified).toEqual([token]);
  });

  it('refuses the token from the moment at which it expires', async () => {
    const { exp = 0 } = jwt.decode(token) as jwt.JwtPayload;
    jest.useFakeTimers({ now: (exp - ACCESS_TOKEN_SECONDS) * 1000 });
    expect(await verify()).toBe('ada');
    jest.setSystemTime(exp * 1000 - 1);
    expect(await verify()).toBe('ada');
    expect(verified).toEqual([token]);
    jest.setSystemTime(exp * 1000);
    expect([await verify(), await verify()]).toEqual(['jwt expired', 'jwt expired']);
  });

  it('verifies a forged token at each request', async () => {
    const forged = jwt.sign({ sub: 'eve' }, 'another secret', { issuer: options.issuer, expiresIn: 60 });
    const beside = `${token.slice(0, -2)}xx`;
    expect(await verify()).toBe('ada');
    for (const bad of [forged, beside, forged, beside])
      expect(await verify(options, bad)).toBe('invalid signature');
    expect(verified).toEqual([token, forged, beside, forged, beside]);
  });

  it('does not believe what another strategy remembers', async () => {
    expect(await verify()).toBe('ada');
    expect(await verify({ ...options, issuer: 'somebody else' })).toMatch('issuer invalid');
  });

  it('remembers no token that never expires', async () => {
    const endless = jwt.sign({ sub: 'ada' }, key, { issuer: options.issuer });
    expect([await verify(options, endless), await verify(options, endless)]).toEqual(['ada', 'ada']);
    expect(verified).toEqual([endless, endless]);
  });
});
