import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import type { Principal } from '../../authz/ability';
import { authenticateByPassword } from './auth.authenticate';
import { InvalidTokenError } from './auth.errors';
import { CALLERS, createPassport, type StrategyDeps } from './auth.strategies';
import { AuthCookies } from './sign-ins/auth.cookies';
import { API_TOKEN_PREFIX } from './tokens/auth.api-tokens.service';
import { AccessTokens } from './tokens/auth.tokens';

const accessTokens = new AccessTokens('a secret that only this test knows, long enough');
const cookies = new AuthCookies(undefined);
const token = accessTokens.sign({ userId: 'ada', sessionId: 'sign-in' });
const principal = (credential: string) => ({ userId: 'ada', credential }) as Principal;
const found: StrategyDeps = {
  ...{ accessTokens, cookies },
  auth: { provePassword: async () => ({ userId: 'ada', deviceId: null }) },
  cards: { use: async () => ({ userId: 'ada', deviceId: null }) },
  access: { findPrincipal: async (_id, { kind }) => principal(kind) },
  apiTokens: { findPrincipal: async () => principal('api_token') },
};

function appWith(deps: Partial<StrategyDeps>) {
  const passport = createPassport({ ...found, ...deps });
  const failed: ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).json(error.message);
  return express()
    .use(express.json())
    .post('/log-in', authenticateByPassword(passport), (req, res) => void res.json(req.proven))
    .use(passport.authenticate(CALLERS, { session: false }), (req, res) => {
      res.json(req.user?.credential ?? 'nobody');
    })
    .use(failed);
}

const bearer = { Authorization: `Bearer ${token}` };
const cookie = { Cookie: `${cookies.names.access}=${token}` };
const script = { Authorization: `Bearer ${API_TOKEN_PREFIX}x` };
const logIn = { email: 'ada@example.org', password: 'x' };

describe('a strategy', () => {
  it.each([
    ['bearer', bearer],
    ['cookie', cookie],
    ['api_token', script],
    ['nobody', {}],
    ['nobody', { Authorization: 'Bearer nonsense' }],
    ['nobody', { ...cookie, Authorization: 'Basic nonsense' }],
    ['nobody', { Authorization: `Bearer ${token.slice(0, -2)}` }],
  ])('recognises %s by its own credential alone', async (who, headers) => {
    expect((await request(appWith({})).get('/').set(headers)).body).toBe(who);
  });

  it.each([
    ['bearer', bearer],
    ['cookie', cookie],
    ['api token', script],
  ])('takes no token in the address (%s)', async (_name, headers) => {
    const address = `/?access_token=${Object.values(headers)[0]}&token=${token}`;
    expect((await request(appWith({})).get(address)).body).toBe('nobody');
  });

  it('takes an unknown API token for nobody', async () => {
    const unknown = appWith({ apiTokens: { findPrincipal: () => Promise.reject(new InvalidTokenError()) } });
    expect((await request(unknown).get('/').set(script)).body).toBe('nobody');
  });

  it.each([
    ['e-mail', logIn],
    ['username', { districtCode: 'ZARO47', username: 'ada', password: 'x' }],
  ])('finds whose password it is, by %s', async (_name, body) => {
    const provePassword = jest.fn(found.auth.provePassword);
    const answer = await request(appWith({ auth: { provePassword } }))
      .post('/log-in')
      .send(body);
    expect(answer.body).toEqual({ userId: 'ada', deviceId: null });
    expect(provePassword.mock.calls.map(([said]) => said)).toEqual([body]);
  });

  it.each([
    ['later', () => Promise.reject(new Error('broken'))],
    [
      'at once',
      () => {
        throw new Error('broken');
      },
    ],
  ])('fails for its caller if it fails %s, and never hangs', async (_when, broken) => {
    const app = appWith({
      auth: { provePassword: broken },
      access: { findPrincipal: broken },
      apiTokens: { findPrincipal: broken },
    });
    for (const headers of [bearer, cookie, script])
      expect((await request(app).get('/').set(headers)).body).toBe('broken');
    expect((await request(app).post('/log-in').send(logIn)).body).toBe('broken');
  });
});
