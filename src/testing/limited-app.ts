import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import type { Principal } from '../authz/ability';
import { loadConfig } from '../config/config';
import { ErrorAnswers } from '../http/error-handler';
import { featureRouters } from '../http/feature-routers';
import { RateLimits } from '../http/rate-limit';
import { requestContext } from '../http/request-context';
import { RequestLog } from '../http/request-log';
import { defineRoute, everybody, type RateLimitClass, type Route, reply } from '../http/route';
import { routeHandlers } from '../http/route-chain';
import { ResponseSerializer } from '../http/serializer';
import { closePlatform, createPlatform, type Platform } from '../platform/platform';
import { UnauthenticatedError } from '../shared/errors';
import { testEnv } from './app';
import { RecordingLogger } from './recording-logger';

export interface LimitedApp {
  platform: Platform;
  server: Server;
  url: string;
  /** The messages for operators. */
  logger: RecordingLogger;
  close(): Promise<void>;
}

const CLASSES: readonly RateLimitClass[] = ['default', 'messages', 'login', 'none'];

function routeOf(kind: RateLimitClass): Route {
  return defineRoute({
    method: 'get',
    path: `/${kind}`,
    summary: kind,
    access: everybody,
    rateLimit: kind,
    success: { status: 200, description: 'ok', data: z.object({ ok: z.boolean() }) },
    handler: async () => reply.ok({ ok: true }),
  });
}

/** The header X-User names the caller; any Authorization header is refused. */
const authenticate: RequestHandler = (req, _res, next) => {
  if (req.headers.authorization !== undefined) throw new UnauthenticatedError('auth.invalid_token');
  const userId = req.get('x-user');
  if (userId !== undefined)
    req.user = { userId, tenantId: null, credential: 'bearer', scopes: null } as Principal;
  next();
};

/** Serves these routes, or one of each class, behind the real limits. It uses no database. */
export async function startLimitedApp(
  env: Record<string, string>,
  routes: readonly Route[] = CLASSES.map(routeOf),
): Promise<LimitedApp> {
  const config = loadConfig(testEnv('postgres://nobody@127.0.0.1:1/none', env));
  const logger = new RecordingLogger();
  const platform = createPlatform({ config, process: 'api', logger });
  const requestLog = new RequestLog(logger);
  const errors = new ErrorAnswers({ logger, requestLog });
  const limits = new RateLimits(platform);
  const features = [{ prefixes: [''], routes }];
  const handlers = routeHandlers(features, {
    ...{ requestLog, errors, limits },
    authenticate: () => [authenticate],
    requireRecentPassword: () => Promise.resolve(),
    serializer: new ResponseSerializer(true),
    idempotency: null as never,
  });
  const app = express()
    .set('trust proxy', 1)
    .use(requestContext, featureRouters(features, handlers))
    .use(requestLog.unmatched, limits.perAddress, errors.notFound)
    .use(limits.refused, errors.failed);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    platform,
    server,
    logger,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await closePlatform(platform);
    },
  };
}
