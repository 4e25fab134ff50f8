import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Platform } from '../../platform/platform';
import { AppError, ForbiddenError, RateLimitedError, UnauthenticatedError } from '../../shared/errors';
import type { RateLimitClass, Route } from '../route';
import { CounterStore } from './counter-store';

const WINDOW_MS = 60_000;

/**
 * The address under which requests are counted. For IPv6 it is the network, because one house has billions
 * of addresses.
 */
export function addressOf(ip: string): string {
  return ipKeyGenerator(ip);
}

const byAddress = (req: Request): string => addressOf(req.ip ?? '');
const byUser = (req: Request): string => req.user?.userId ?? '';

function secondsUntil(moment: Date | undefined): number {
  return moment === undefined ? WINDOW_MS / 1000 : (moment.getTime() - Date.now()) / 1000;
}

/** A bad credential, a request of another site, or a malformed address. */
function isRefusal(error: unknown): boolean {
  if (error instanceof AppError)
    return error instanceof UnauthenticatedError || error instanceof ForbiddenError;
  const { status } = error as { status?: number };
  return status !== undefined && status >= 400 && status < 500;
}

/**
 * The limits of all routes: a signed-in person is counted by their id, other callers by address, and
 * log-ins by address only, with a limit that a whole school behind one address stays under.
 */
export class RateLimits {
  /** Charges a request to its address, for every caller. */
  readonly perAddress: RequestHandler;
  private readonly perUser: RequestHandler;
  private readonly messages: RequestHandler;
  private readonly login: RequestHandler;

  constructor(private readonly platform: Pick<Platform, 'config' | 'logger' | 'redis'>) {
    const { config } = platform;
    this.perUser = this.limit('default', config.RATE_LIMIT_PER_MINUTE, byUser);
    this.perAddress = this.limit('address', config.RATE_LIMIT_ADDRESS_PER_MINUTE, byAddress);
    this.messages = this.limit('messages', config.RATE_LIMIT_MESSAGES_PER_MINUTE, byUser);
    this.login = this.limit('login', config.RATE_LIMIT_ADDRESS_PER_MINUTE, byAddress);
  }

  /** The limits of a route. They come after authentication, because they count by caller. */
  of({ rateLimit: kind = 'default' }: Route): RequestHandler[] {
    const limits: Readonly<Record<RateLimitClass, RequestHandler[]>> = {
      none: [],
      default: [this.perCaller],
      messages: [this.perCaller, this.messages],
      login: [this.login],
    };
    return limits[kind];
  }

  /**
   * Charges a request that was refused before its limits to its address: trying many credentials costs as
   * much as sending requests without one.
   */
  readonly refused: ErrorRequestHandler = (error, req, res, next) => {
    const kind = (res.locals.route as Route | undefined)?.rateLimit ?? 'default';
    if (req.rateLimit !== undefined || kind === 'none' || !isRefusal(error)) return next(error);
    const charge = kind === 'login' ? this.login : this.perAddress;
    return charge(req, res, (limitError?: unknown) => next(limitError ?? error));
  };

  private readonly perCaller: RequestHandler = (req, res, next) =>
    (req.user === undefined ? this.perAddress : this.perUser)(req, res, next);

  private limit(name: string, limit: number, keyOf: (req: Request) => string): RequestHandler {
    const { logger, redis } = this.platform;
    return rateLimit({
      windowMs: WINDOW_MS,
      limit,
      identifier: name,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      // The package would check our configuration at each request; the tests check it once.
      validate: false,
      store: new CounterStore({ name, windowMs: WINDOW_MS, redis }),
      keyGenerator: keyOf,
      handler: (req, _res, next) => {
        const retryAfterSeconds = secondsUntil(req.rateLimit?.resetTime);
        next(new RateLimitedError({ limit: name, retryAfterSeconds }));
      },
      logger: {
        warn: (error) => logger.warn('rate limit', { error }),
        error: (error) => logger.error('rate limit', { error }),
      },
    });
  }
}
