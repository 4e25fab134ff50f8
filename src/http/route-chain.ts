import type { RequestHandler } from 'express';
import type { Principal } from '../authz/ability';
import { Answers } from './answers';
import { allowed, type ErrorAnswers } from './error-handler';
import type { Feature, Handlers } from './feature-routers';
import type { IdempotencyStore } from './idempotency';
import { jsonBody, takesBody } from './json-body';
import { Once } from './once';
import type { RateLimits } from './rate-limit';
import { Replays } from './replays';
import { traced } from './request-context';
import type { RequestLog } from './request-log';
import { requireAction } from './require-action';
import type { Route } from './route';
import type { ResponseSerializer } from './serializer';
import { conditional, validate } from './validate';

/** What the chains need from the rest of the system. */
export interface ChainDeps {
  requestLog: RequestLog;
  errors: ErrorAnswers;
  limits: RateLimits;
  /** Puts the caller on `req.user`; on an open route it may stay empty. */
  authenticate: (route: Route) => RequestHandler[];
  /** @throws ForbiddenError unless the caller has entered their password within the last minutes */
  requireRecentPassword: (principal: Principal) => Promise<void>;
  serializer: ResponseSerializer;
  idempotency: IdempotencyStore;
}

/** Requires a recent proof of the password, if the route does so for this body. */
function recentPassword(route: Route, require: ChainDeps['requireRecentPassword']): RequestHandler {
  const { recentPassword: asked } = route;
  return async (req, _res, next) => {
    if (typeof asked === 'function' ? asked(req.body as never) : asked === true)
      await require(req.user as Principal);
    next();
  };
}

/**
 * Everything that a request to a declared route passes. A chain contains only the handlers that its
 * declaration needs.
 */
export function routeHandlers(features: readonly Feature[], deps: ChainDeps): Handlers {
  const { requestLog, errors, limits } = deps;
  const answers = new Answers(deps.serializer);
  const replays = new Replays(
    features.flatMap(({ routes }) => routes),
    deps.idempotency,
  );
  const once = new Once(deps.idempotency, replays, answers);
  return {
    chain: (route) => [
      traced(route),
      requestLog.of(route),
      ...deps.authenticate(route),
      ...limits.of(route),
      requireAction(route),
      ...(takesBody(route) ? [jsonBody(route)] : []),
      validate(route),
      ...(route.conditional === true || route.idempotency !== undefined ? [conditional(route)] : []),
      ...(route.recentPassword === undefined ? [] : [recentPassword(route, deps.requireRecentPassword)]),
      ...(route.middlewares ?? []),
      ...(route.idempotency === 'transaction' ? [once.of(route)] : []),
      answers.respond(route),
    ],
    otherMethod: (allow) => [
      allowed(allow),
      requestLog.unmatched,
      limits.perAddress,
      errors.methodNotAllowed(allow),
    ],
  };
}
