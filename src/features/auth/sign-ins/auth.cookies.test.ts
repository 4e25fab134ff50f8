import type { Request } from 'express';
import { AuthCookies } from './auth.cookies';

const SIGN_IN = {
  accessToken: 'access',
  refreshToken: 'refresh',
  csrfToken: 'csrf',
  refreshSeconds: 60,
  isSharedDevice: false,
};
const requestWith = (cookie?: string) => ({ headers: { cookie } }) as Request;

describe('the cookies of a sign-in', () => {
  it('belong to one host, over HTTPS alone, and keep their secrets from scripts', () => {
    expect(new AuthCookies(undefined).set(SIGN_IN)).toEqual([
      '__Host-rapt_access=access; Max-Age=900; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-rapt_refresh=refresh; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-rapt_csrf=csrf; Max-Age=60; Path=/; Secure; SameSite=Lax',
    ]);
  });

  it('are shared with subdomains if a domain is set, without the prefix that forbids it', () => {
    expect(new AuthCookies('example.org').set(SIGN_IN)).toEqual([
      'rapt_access=access; Max-Age=900; Domain=example.org; Path=/; HttpOnly; Secure; SameSite=Lax',
      'rapt_refresh=refresh; Max-Age=60; Domain=example.org; Path=/; HttpOnly; Secure; SameSite=Lax',
      'rapt_csrf=csrf; Max-Age=60; Domain=example.org; Path=/; Secure; SameSite=Lax',
    ]);
  });

  it('end with the browser on a shared device', () => {
    for (const cookie of new AuthCookies(undefined).set({ ...SIGN_IN, isSharedDevice: true }))
      expect(cookie).not.toMatch(/Max-Age|Expires/i);
  });

  it('leave a device its token, sent to sign in alone, beside those of four other accounts', () => {
    const cookie = new AuthCookies(undefined).setDevice('mine', ['a', 'b', 'c', 'd', 'e']);
    expect(cookie).toBe(
      '__Secure-rapt_device=mine~a~b~c~d; Max-Age=34560000; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Lax',
    );
    const request = requestWith('__Secure-rapt_device=mine~a~b~c~d~e~f');
    expect(new AuthCookies(undefined).readDevice(request)).toEqual(['mine', 'a', 'b', 'c', 'd']);
    expect(new AuthCookies(undefined).readDevice(requestWith(undefined))).toEqual([]);
  });

  it('are cleared under the same names and places', () => {
    for (const cookie of new AuthCookies(undefined).clear()) {
      expect(cookie).toMatch(/^__Host-rapt_\w+=; Max-Age=0; Path=\/; .*Secure; SameSite=Lax$/);
    }
    for (const cookie of new AuthCookies('example.org').clear())
      expect(cookie).toContain('Domain=example.org');
  });

  it('are read by their whole name', () => {
    const cookies = new AuthCookies('example.org');
    expect(cookies.readAccess(requestWith('a=b; rapt_access=x'))).toBe('x');
    expect(cookies.readAccess(requestWith('not_rapt_access=x'))).toBeNull();
    expect(cookies.readAccess(requestWith('rapt_access='))).toBeNull();
    expect(cookies.readRefresh(requestWith(undefined))).toBeNull();
    expect(new AuthCookies(undefined).readAccess(requestWith('rapt_access=planted'))).toBeNull();
  });
});
