import type { Request, Response } from 'express';
import { ipKeyGenerator, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import type { Principal } from '../../authz/ability';
import type { Platform } from '../../platform/platform';
import { RateLimitedError } from '../../shared/errors';
import type { HeaderPairs } from '../exchange';
import type { RateLimitClass } from '../route';
import { CounterStore } from './counter-store';

/**
 * Charges a request to the limits of its class.
 * @returns the `RateLimit` fields of the IETF draft. @throws RateLimitedError where one is used up.
 */
export type Limiter = (
  kind: RateLimitClass,
  req: Request,
  res: Response,
  principal: Principal | null,
) => Promise<Readonly<HeaderPairs>>;

const WINDOW_MS = 60_000;
const KEY = 'rateLimitKey';

/** What express-rate-limit leaves on a request. */
interface Counted {
  rateLimit: { limit: number; remaining: number; resetTime?: Date };
}

interface Limit {
  name: string;
  middleware: RateLimitRequestHandler;
}

function secondsUntil(moment: Date | undefined): number {
  return moment === undefined ? WINDOW_MS / 1000 : (moment.getTime() - Date.now()) / 1000;
}

/** One limit, counted by the key in `res.locals`. Its header fields are written by us, in one piece with all others. */
function limitOf(platform: Platform, name: string, limit: number): Limit {
  const { logger, redis } = platform;
  const middleware = rateLimit({
    windowMs: WINDOW_MS,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    // Its checks of our configuration are made at each request; the tests make them once.
    validate: false,
    store: new CounterStore({ name, windowMs: WINDOW_MS, redis }),
    keyGenerator: (_req, res) => res.locals[KEY] as string,
    handler: (req, _res, next) => {
      const { resetTime } = (req as Request & Counted).rateLimit;
      next(new RateLimitedError({ limit: name, retryAfterSeconds: secondsUntil(resetTime) }));
    },
    logger: {
      warn: (error) => logger.warn('rate limit', { error }),
      error: (error) => logger.error('rate limit', { error }),
    },
  });
  return { name, middleware };
}

/** What stands for an address when requests are counted: of IPv6 the network, as one house has them by the billion. */
export function addressOf(ip: string): string {
  return ipKeyGenerator(ip);
}

/** The fields of the IETF draft, joined to those of the limits charged before. */
function fieldsOf(
  { name }: Limit,
  { limit, remaining, resetTime }: Counted['rateLimit'],
  before: Readonly<HeaderPairs>,
): HeaderPairs {
  const seconds = Math.max(0, Math.ceil(secondsUntil(resetTime)));
  const state = `"${name}"; r=${remaining}; t=${seconds}`;
  const policy = `"${name}"; q=${limit}; w=${WINDOW_MS / 1000}`;
  const [, states, , policies] = before as readonly string[];
  return [
    'RateLimit',
    states === undefined ? state : `${states}, ${state}`,
    'RateLimit-Policy',
    policies === undefined ? policy : `${policies}, ${policy}`,
  ];
}

async function charge(
  limit: Limit,
  key: string,
  req: Request,
  res: Response,
  before: Readonly<HeaderPairs> = [],
): Promise<HeaderPairs> {
  res.locals[KEY] = key;
  let refusal: Error | undefined;
  await new Promise<void>((resolve) => {
    // It hands every failure to this callback and never rejects.
    void limit.middleware(req, res, (error?: unknown) => {
      refusal = error as Error | undefined;
      resolve();
    });
  });
  const fields = fieldsOf(limit, (req as Request & Counted).rateLimit, before);
  if (refusal === undefined) return fields;
  for (let i = 0; i < fields.length; i += 2) res.setHeader(fields[i] as string, fields[i + 1] as string);
  throw refusal;
}

/**
 * The limits of all routes: a signed-in person is counted by who they are, anybody else by address, and log-ins by
 * address alone, with a ceiling that a whole school behind one address stays under.
 */
export function createLimiter(platform: Platform): Limiter {
  const { config } = platform;
  const perUser = limitOf(platform, 'default', config.RATE_LIMIT_PER_MINUTE);
  const perAddress = limitOf(platform, 'address', config.RATE_LIMIT_ADDRESS_PER_MINUTE);
  const messages = limitOf(platform, 'messages', config.RATE_LIMIT_MESSAGES_PER_MINUTE);
  const login = limitOf(platform, 'login', config.RATE_LIMIT_ADDRESS_PER_MINUTE);
  return async (kind, req, res, principal) => {
    if (kind === 'none') return [];
    if (kind === 'login') return charge(login, addressOf(req.ip ?? ''), req, res);
    if (principal === null) return charge(perAddress, addressOf(req.ip ?? ''), req, res);
    const fields = await charge(perUser, principal.userId, req, res);
    return kind === 'messages' ? charge(messages, principal.userId, req, res, fields) : fields;
  };
}
