import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { Request, RequestHandler, Response } from 'express';
import { currentContext, type WorkContext } from '../platform/context';
import type { Logger } from '../platform/logging/logger';
import { refusedRequests, requestDuration } from './request-metrics';
import type { Route } from './route';

/** The log and metric label for requests that match no route; clients can invent any number of paths. */
export const UNMATCHED = 'unmatched';
/** The status under which proxies log that the client disconnected before the answer. */
const CLIENT_CLOSED_REQUEST = 499;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Measured {
  route: string;
  durationMs: number;
  context: WorkContext;
}

/** Logs one line and records one measurement for each request, when its answer has ended. */
export class RequestLog {
  constructor(private readonly logger: Logger) {}

  /** Logs a request under the path of its route. */
  of(route: Route): RequestHandler {
    return (req, res, next) => {
      res.locals.route = route;
      this.begin(req, res, route.path);
      next();
    };
  }

  /** Logs a request that matches no route. */
  readonly unmatched: RequestHandler = (req, res, next) => {
    this.begin(req, res, UNMATCHED);
    next();
  };

  /** Logs the request once, under the first name that it gets. */
  begin(req: Request, res: Response, route: string): void {
    if (res.locals.isLogged === true) return;
    res.locals.isLogged = true;
    const startedAt = performance.now();
    const context = currentContext();
    const write = (): void => {
      if (!res.headersSent && !req.complete) this.hungUp(req, route);
      this.write(req, res, { route, durationMs: performance.now() - startedAt, context });
    };
    // The connection closes outside of the request's span, whose ids belong in the line.
    const scope = new AsyncResource('RequestLog');
    res.once('close', () => scope.runInAsyncScope(write));
  }

  private hungUp(req: Request, route: string): void {
    refusedRequests.add(1, { reason: 'client_gone' });
    this.logger.info('the client closed the connection before its request was complete', {
      route: `${req.method.toLowerCase()} ${route}`,
    });
  }

  private write(req: Request, res: Response, { route, durationMs, context }: Measured): void {
    const method = METHODS.has(req.method) ? req.method : 'OTHER';
    const statusCode = res.headersSent ? res.statusCode : CLIENT_CLOSED_REQUEST;
    // Only the proxy logs addresses, because they are personal data.
    const { ip: _ip, ...ids } = context;
    const fields = { method, route, status: statusCode, durationMs: Math.round(durationMs * 10) / 10 };
    this.logger.info('request', { ...fields, ...ids });
    const status = `${Math.floor(statusCode / 100)}xx`;
    requestDuration.record(durationMs, { method, route, status });
  }
}
