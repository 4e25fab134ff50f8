import type { Request, Response } from 'express';
import { ipKeyGenerator, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import type { Principal } from '../../authz/ability';
import type { Platform } from '../../platform/platform';
import { RateLimitedError } from '../../shared/errors';
import type { RateLimitClass } from '../route';
import { CounterStore } from './counter-store';

/** Charges a request to the limits of its class. @throws RateLimitedError where one is used up. */
export type Limiter = (kind: RateLimitClass, req: Request, res: Response, principal: Principal | null) => Promise<void>;

const WINDOW_MS = 60_000;
const KEY = 'rateLimitKey';

function secondsUntil(moment: Date | undefined): number {
  return moment === undefined ? WINDOW_MS / 1000 : (moment.getTime() - Date.now()) / 1000;
}

/** One limit with the `RateLimit` fields of the IETF draft, counted by the key in `res.locals`. */
function limitOf(platform: Platform, name: string, limit: number): RateLimitRequestHandler {
  const { logger, redis } = platform;
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    store: new CounterStore({ name, windowMs: WINDOW_MS, redis }),
    keyGenerator: (_req, res) => res.locals[KEY] as string,
    handler: (req, _res, next) => {
      const { resetTime } = (req as Request & { rateLimit: { resetTime?: Date } }).rateLimit;
      next(new RateLimitedError(secondsUntil(resetTime)));
    },
    logger: {
      warn: (error) => logger.warn('rate limit', { error }),
      error: (error) => logger.error('rate limit', { error }),
    },
  });
}

/** What stands for an address when requests are counted: of IPv6 the network, as one house has them by the billion. */
export function addressOf(ip: string): string {
  return ipKeyGenerator(ip);
}

function charge(limit: RateLimitRequestHandler, key: string, req: Request, res: Response): Promise<void> {
  res.locals[KEY] = key;
  return new Promise((resolve, reject) => {
    // It hands every failure to this callback and never rejects.
    void limit(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error as Error)));
  });
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
    if (kind === 'none') return;
    if (kind === 'login') return charge(login, addressOf(req.ip ?? ''), req, res);
    if (principal === null) return charge(perAddress, addressOf(req.ip ?? ''), req, res);
    await charge(perUser, principal.userId, req, res);
    if (kind === 'messages') await charge(messages, principal.userId, req, res);
  };
}
