import { createSecretKey, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { ForbiddenError } from '../shared/errors';
import { CsrfGuard } from './csrf';
import { AllowedOrigins } from './origins';

const guard = new CsrfGuard({
  key: createSecretKey(randomBytes(32)),
  allowedOrigins: ['https://app.example.org/'],
  publicUrl: 'https://api.example.org',
});
const request = (headers: Record<string, string>) => ({ headers, host: headers.host }) as unknown as Request;
const site = (headers: Record<string, string>) => () =>
  guard.assertOwnSite(request({ host: 'api.example.org', ...headers }));

describe('the site that a change comes from', () => {
  it.each([
    ['a script, without any header of a browser', {}],
    ['a page of the API itself', { origin: 'https://api.example.org', 'sec-fetch-site': 'same-origin' }],
    ['a page under the host that was asked', { host: 'localhost:3000', origin: 'http://localhost:3000' }],
    ['a person who typed the address', { 'sec-fetch-site': 'none' }],
    [
      'an allowed client on another site',
      { origin: 'https://app.example.org', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'an allowed client on another subdomain',
      { origin: 'https://APP.example.org', 'sec-fetch-site': 'same-site' },
    ],
  ])('may be %s', (_name, headers) => {
    expect(site(headers)).not.toThrow();
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site that hides its origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['another site in a browser that sends no origin', { 'sec-fetch-site': 'cross-site' }],
    ['another site in an old browser', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['another subdomain', { origin: 'https://blog.example.org', 'sec-fetch-site': 'same-site' }],
    ['another port of this host', { origin: 'https://api.example.org:8443' }],
    ['a name that only begins alike', { origin: 'https://app.example.org.evil.example' }],
  ])('may not be %s', (_name, headers) => {
    expect(site(headers)).toThrow(ForbiddenError);
  });
});

describe('the origins that may act here', () => {
  it('may have any port if the setting says so, but no other host or scheme', () => {
    const origins = new AllowedOrigins(['http://localhost:*', 'https://app.example.org/']);
    const allowed = [
      ...['http://localhost', 'http://localhost:5173', 'http://LOCALHOST:1', 'https://app.example.org'],
    ];
    const refused = [
      ...['https://localhost:5173', 'http://localhost.evil.example', 'http://localhost.evil.example:80'],
      ...[
        'http://localhost:80.evil.example',
        'http://localhost:',
        'http://localhost:x',
        'http://127.0.0.1:80',
      ],
      ...['https://app.example.org:8443', 'https://evil.example', 'null', '*', ''],
    ];
    expect(allowed.filter((origin) => !origins.has(origin))).toEqual([]);
    expect(refused.filter((origin) => origins.has(origin))).toEqual([]);
  });
});

describe('the token of a sign-in', () => {
  const session = '01a2057d-bc03-729e-ba61-263fb1fda7a2';
  const token = (value: string | undefined) => () =>
    guard.assertToken(request(value === undefined ? {} : { 'x-csrf-token': value }), session);

  it('accepts its own sign-in', () => {
    expect(token(guard.tokenFor(session))).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'x',
    guard.tokenFor('01a2057d-bc03-729e-ba61-263fb1fda7a3'),
    `${guard.tokenFor(session)}x`,
  ])('is not %s', (value) => {
    expect(token(value)).toThrow(ForbiddenError);
  });
});
