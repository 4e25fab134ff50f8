import type { Request } from 'express';
import { Passport } from 'passport';
import { Strategy as AnonymousStrategy } from 'passport-anonymous';
import CustomStrategy from 'passport-custom';
import { ExtractJwt } from 'passport-jwt';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Principal } from '../../authz/ability';
import { UnauthenticatedError } from '../../shared/errors';
import type { AccessService } from '../access';
import type { AuthService, ProvenPassword } from './auth.service';
import type { LoginCardsService } from './cards/auth.login-cards.service';
import type { AuthCookies } from './sign-ins/auth.cookies';
import { API_TOKEN_PREFIX, type ApiTokensService } from './tokens/auth.api-tokens.service';
import { JwtStrategy } from './tokens/auth.remembering-jwt-strategy';
import type { AccessTokens, Claims } from './tokens/auth.tokens';

declare global {
  namespace Express {
    interface Request {
      /** Whose password or card a log-in has proven. */
      proven?: ProvenPassword;
    }
  }
}

/**
 * The strategies that recognize a caller, in the order in which they are tried; the last one accepts
 * requests without a caller.
 */
export const CALLERS = ['bearer', 'cookie', 'api-token', 'anonymous'];
/** The strategies of the log-in route. Each passes over a body that has not its name. */
export const PASSWORDS = ['email', 'username'];
/** The strategy of the route for printed cards. */
export const CARD = 'login-card';

type Done<Found> = (error: unknown, found?: Found | false) => void;

/** Passport ignores rejected promises, so errors are passed to `done`: the request would hang otherwise. */
async function tell<Found>(verdict: Promise<Found | null>, done: Done<Found>): Promise<void> {
  let found: Found | null;
  try {
    found = await verdict;
  } catch (error) {
    done(error);
    return;
  }
  done(null, found ?? false);
}

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken();

export interface StrategyDeps {
  auth: Pick<AuthService, 'provePassword'>;
  cards: Pick<LoginCardsService, 'use'>;
  apiTokens: Pick<ApiTokensService, 'findPrincipal'>;
  access: Pick<AccessService, 'findPrincipal'>;
  accessTokens: AccessTokens;
  cookies: AuthCookies;
}

/** Access tokens: JWTs in the Authorization header or, without one, in a cookie. */
function jwtStrategy(kind: 'bearer' | 'cookie', { access, accessTokens, cookies }: StrategyDeps) {
  const fromCookie = (req: Request) =>
    req.headers.authorization === undefined ? cookies.readAccess(req) : null;
  return new JwtStrategy(
    { ...accessTokens.verification, jwtFromRequest: kind === 'bearer' ? bearerToken : fromCookie },
    ({ sub, sid }: Claims, done: Done<Principal>) =>
      void tell(access.findPrincipal(sub, { sessionId: sid, kind, scopes: null }), done),
  );
}

async function findByApiToken(req: Request, { apiTokens }: StrategyDeps): Promise<Principal | null> {
  const token = bearerToken(req);
  if (token?.startsWith(API_TOKEN_PREFIX) !== true) return null;
  try {
    return await apiTokens.findPrincipal(token, req.ip ?? '');
  } catch (error) {
    if (error instanceof UnauthenticatedError) return null;
    throw error;
  }
}

/** A password with the name in this field of the body. */
function passwordStrategy(usernameField: 'email' | 'username', { auth, cookies }: StrategyDeps) {
  return new LocalStrategy({ usernameField, passReqToCallback: true }, (req, name, password, done) => {
    const devices = cookies.deviceTokens(req, req.body.deviceToken);
    const said =
      usernameField === 'email'
        ? { email: name, password }
        : { username: name, districtCode: req.body.districtCode as string, password };
    void tell(auth.provePassword(said, req.ip ?? '', devices), done as Done<ProvenPassword>);
  });
}

/**
 * Every way to sign in. An identity provider needs another `use` here, and a route that authenticates with
 * it.
 */
export function createPassport(deps: StrategyDeps) {
  const passport = new Passport();
  passport.use('bearer', jwtStrategy('bearer', deps));
  passport.use('cookie', jwtStrategy('cookie', deps));
  passport.use('api-token', new CustomStrategy((req, done) => void tell(findByApiToken(req, deps), done)));
  passport.use('anonymous', new AnonymousStrategy());
  passport.use(
    CARD,
    new CustomStrategy(
      (req, done) => void tell(deps.cards.use(req.body.secret), done as Done<ProvenPassword>),
    ),
  );
  passport.use('email', passwordStrategy('email', deps));
  passport.use('username', passwordStrategy('username', deps));
  return passport;
}
