import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from '../platform/logging/logger';
import {
  AppError,
  ClientGoneError,
  InvalidInputError,
  RateLimitedError,
  UnauthenticatedError,
} from '../shared/errors';
import { METHOD_NOT_ALLOWED, sendError, sendErrorBody, toAppError } from './error-response';
import { RefusalLog } from './refusal-log';
import { type RequestLog, UNMATCHED } from './request-log';
import { refusedRequests } from './request-metrics';
import type { Route } from './route';

const MALFORMED_PATH = {
  issues: [{ path: 'path', reason: 'malformed', message: 'is not well-formed percent-encoded UTF-8' }],
};

/** Errors of Express itself, such as broken percent-encoding, are the client's fault. */
function known(error: unknown): AppError {
  const { status } = error as { status?: number };
  const isRefusal = status !== undefined && status >= 400 && status < 500 && !(error instanceof AppError);
  if (isRefusal && status === 401) return new UnauthenticatedError();
  return isRefusal
    ? new InvalidInputError('The address of the request is not valid.', MALFORMED_PATH)
    : toAppError(error);
}

const count = (reason: string): void => refusedRequests.add(1, { reason });

/** Answers failed requests, and requests without a route. */
export class ErrorAnswers {
  private readonly refusals: RefusalLog;

  constructor(private readonly deps: { logger: Logger; requestLog: RequestLog }) {
    this.refusals = new RefusalLog(deps.logger);
  }

  readonly notFound: RequestHandler = (_req, res) => {
    count('route_not_found');
    sendError(res, new AppError('not_found', 'There is no such route.', { reason: 'route.not_found' }));
  };

  methodNotAllowed(allow: string): RequestHandler {
    return (_req, res) => {
      count('method_not_allowed');
      sendErrorBody(res, METHOD_NOT_ALLOWED, `This path does not support this method. Use ${allow}.`, {
        reason: 'route.method',
      });
    };
  }

  /** The error handler of the app. */
  readonly failed: ErrorRequestHandler = (error, req, res, _next) => {
    const route = res.locals.route as Route | undefined;
    this.deps.requestLog.begin(req, res, UNMATCHED);
    if (error instanceof ClientGoneError) {
      res.destroy();
      return;
    }
    const failure = known(error);
    count(failure.kind);
    this.logFailure(error, failure, route === undefined ? UNMATCHED : `${route.method} ${route.path}`);
    sendError(res, failure);
  };

  private logFailure(error: unknown, failure: AppError, route: string): void {
    const { logger } = this.deps;
    if (failure instanceof RateLimitedError) this.refusals.note(failure.limit, route);
    if (failure.kind === 'internal') logger.error('request failed', { route, error });
    else if (failure.kind === 'unavailable') logger.warn('a dependency is not available', { route, error });
  }
}

/** Answers OPTIONS with the methods of a path, and other methods with 405. */
export function allowed(allow: string): RequestHandler {
  return (req, res, next) => {
    res.set('Allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };
}
