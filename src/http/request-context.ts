import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { runInContext, type WorkContext } from '../platform/context';
import { inServerSpan } from '../telemetry/trace';
import type { Route } from './route';

const SAFE_REQUEST_ID = /^[\w.-]{8,128}$/;

/** The request id that a proxy or client chose if it is harmless, otherwise a new one. */
function requestIdOf(req: Request): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** Gives each request its id, and the context that the logger and the audit trail read. */
export const requestContext: RequestHandler = (req, res, next) => {
  const context: WorkContext = { requestId: requestIdOf(req), ip: req.ip ?? '' };
  res.setHeader('X-Request-Id', context.requestId as string);
  runInContext(context, next);
};

/** Runs the rest of the chain in a span that ends with the answer. */
export function traced(route: Route): RequestHandler {
  return (req, res, next) => {
    void inServerSpan(req.method, route.path, req.headers.traceparent, async () => {
      const closed = endOf(res);
      next();
      await closed;
      return res.statusCode;
    });
  };
}

function endOf(res: Response): Promise<void> {
  return new Promise((resolve) => res.once('close', resolve));
}
