import cors from 'cors';
import express, { type Express } from 'express';
import type { Container } from './container';
import { API_BASE } from './http/base';
import { corsOptions } from './http/cors';
import { docsRoutes } from './http/docs';
import { ErrorAnswers } from './http/error-handler';
import { type Feature, featureRouters } from './http/feature-routers';
import { healthRoutes } from './http/health';
import { IdempotencyStore } from './http/idempotency';
import { describeRoutes } from './http/openapi';
import { RateLimits } from './http/rate-limit';
import { requestContext } from './http/request-context';
import { RequestLog } from './http/request-log';
import { routeHandlers } from './http/route-chain';
import { noStore, securityHeaders } from './http/security-headers';
import { ResponseSerializer } from './http/serializer';
import { featuresOf } from './routes';

/**
 * The whole HTTP side: everything that a request passes, in order. What a single route adds is in
 * `route-chain.ts`.
 */
export function createApp(
  container: Container,
  features: readonly Feature[] = featuresOf(container),
): Express {
  const { platform, auth } = container;
  const { config, logger, db } = platform;
  const requestLog = new RequestLog(logger);
  const errors = new ErrorAnswers({ logger, requestLog });
  const limits = new RateLimits(platform);
  const handlers = routeHandlers(features, {
    ...{ requestLog, errors, limits },
    authenticate: auth.authenticate,
    requireRecentPassword: (principal) => auth.passwordProofs.requireRecent(principal),
    serializer: new ResponseSerializer(!config.isProduction),
    idempotency: new IdempotencyStore(db),
  });
  const describe = () =>
    describeRoutes(
      features.flatMap(({ routes }) => routes),
      { accessCookie: auth.cookieNames.access },
    );

  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', config.TRUST_PROXY);
  app.set('query parser', 'simple').set('case sensitive routing', true);

  app.use(requestContext);
  app.use(securityHeaders, noStore);
  app.use(cors(corsOptions(config.CORS_ORIGINS)));
  app.use(API_BASE, featureRouters(features, handlers));
  app.use(docsRoutes(describe));
  app.use(healthRoutes(platform));
  app.use(requestLog.unmatched, limits.perAddress, errors.notFound);
  app.use(limits.refused, errors.failed);
  return app;
}
