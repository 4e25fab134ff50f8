import cors from 'cors';
import express, { type Express } from 'express';
import type { Container } from './container';
import { API_BASE } from './http/base';
import { docsRoutes } from './http/docs';
import { setSecurityHeaders } from './http/headers';
import { healthRoutes } from './http/health';
import { IdempotencyStore } from './http/idempotency';
import { describeRoutes } from './http/openapi';
import { AllowedOrigins } from './http/origins';
import { Pipeline } from './http/pipeline';
import { createLimiter } from './http/rate-limit';
import type { Route } from './http/route';
import { ResponseSerializer } from './http/serializer';
import { routesOf } from './routes';

/** The response headers that a web client on another origin may read. */
export const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Idempotency-Replayed',
  'WWW-Authenticate',
];
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'If-Range',
  'Last-Event-ID',
  'Range',
  'X-CSRF-Token',
  'X-Request-Id',
];

/** The whole HTTP side: what every request passes, in order, then the routes. */
export function createApp(container: Container, routes: readonly Route[] = routesOf(container)): Express {
  const { config, logger, db } = container.platform;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app
    .set('trust proxy', config.TRUST_PROXY)
    .set('query parser', 'simple')
    .set('case sensitive routing', true);

  const origins = new AllowedOrigins(config.CORS_ORIGINS);
  const allowOrigin = cors({
    origin: (origin, answer) => answer(null, origin !== undefined && origins.has(origin)),
    credentials: true,
    exposedHeaders: EXPOSED_HEADERS,
    allowedHeaders: REQUEST_HEADERS,
    maxAge: 3600,
  });
  app.use((req, res, next) => (req.headers.origin === undefined ? next() : allowOrigin(req, res, next)));

  const pipeline = new Pipeline({
    logger,
    serializer: new ResponseSerializer(!config.isProduction),
    idempotency: new IdempotencyStore(db),
    authenticate: (req, access) => container.auth.authenticator.identify(req, access),
    requireRecentPassword: (principal) => container.auth.passwordProofs.requireRecent(principal),
    limit: createLimiter(container.platform),
  });
  app.use(API_BASE, pipeline.router(routes));

  app.use(setSecurityHeaders);
  app.use(healthRoutes(container.platform));
  app.use(docsRoutes(() => describeRoutes(routes, { accessCookie: container.auth.cookieNames.access })));
  app.use(pipeline.notFound);
  app.use(pipeline.failed);
  return app;
}
