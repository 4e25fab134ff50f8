import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';
import type { Principal } from '../authz/ability';
import { loadConfig } from '../config/config';
import { Pipeline } from '../http/pipeline';
import { createLimiter } from '../http/rate-limit';
import { defineRoute, everybody, type RateLimitClass, type Route, reply } from '../http/route';
import { ResponseSerializer } from '../http/serializer';
import { closePlatform, createPlatform, type Platform } from '../platform/platform';
import { testEnv } from './app';

export interface LimitedApp {
  platform: Platform;
  server: Server;
  url: string;
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

/** A route of each class behind the real limits. The header X-User says who calls; no database is asked. */
export async function startLimitedApp(env: Record<string, string>): Promise<LimitedApp> {
  const config = loadConfig(testEnv('postgres://nobody@127.0.0.1:1/none', env));
  const platform = createPlatform({ config, process: 'api' });
  const pipeline = new Pipeline({
    logger: platform.logger,
    metrics: platform.metrics,
    serializer: new ResponseSerializer(true),
    idempotency: null as never,
    authenticate: async (req) => {
      const userId = req.get('x-user');
      return userId === undefined ? null : ({ userId, tenantId: null, credential: 'bearer' } as Principal);
    },
    limit: createLimiter(platform),
  });
  const app = express()
    .set('trust proxy', 1)
    .use(pipeline.router(CLASSES.map(routeOf)));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    platform,
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await closePlatform(platform);
    },
  };
}
