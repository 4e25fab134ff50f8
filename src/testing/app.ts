import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createApp } from '../app';
import { loadConfig } from '../config/config';
import { type Container, createContainer } from '../container';
import type { Feature } from '../http/feature-routers';
import type { Route } from '../http/route';
import { createHttpServer } from '../http/server';
import { sql } from '../platform/db/sql';
import { createLogger } from '../platform/logging/logger';
import type { Clock } from '../shared/clock';
import { newId } from '../shared/ids';
import { createTestDatabase, type TestDatabase } from './database';
import { testEnvironment } from './test-environment';

export interface TestAppOptions {
  /** Environment variables in addition to those of every test. */
  env?: Record<string, string>;
  clock?: Clock;
  /** Routes to serve instead of the real ones. */
  routes?: (container: Container) => readonly Route[];
  /** A database that the test has created and drops itself. */
  database?: TestDatabase;
}

/** Requests of one caller, or without a caller if there is no token. */
export type Client = ReturnType<typeof clientOf>;

export interface TestApp {
  container: Container;
  server: Server;
  /** `http://127.0.0.1:port` */
  url: string;
  databaseUrl: string;
  /** Requests without a caller. */
  anonymous: Client;
  /** Requests of this user, with a new sign-in. */
  as(userId: string): Promise<Client>;
  /** Requests with this access token. */
  withToken(token: string): Client;
  close(): Promise<void>;
}

export const TEST_ENV = {
  NODE_ENV: 'test',
  SESSION_SECRET: 'a secret that only the tests know, long enough',
  REGISTRATION_MODE: 'open',
  LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'error',
  // Some tests hold several connections at once, however many processors there are.
  DATABASE_POOL_MAX: '10',
  // A machine that is busy with other tests is no outage; tests of outages set their own.
  DATABASE_WAIT_MS: '20000',
  DATABASE_STATEMENT_MS: '20000',
  // The push services of the tests are servers on this machine.
  OUTGOING_ALLOWED_HOSTS: '127.0.0.1,localhost',
  // Tests send requests faster than people do; tests of limits set their own.
  RATE_LIMIT_PER_MINUTE: '100000',
  RATE_LIMIT_MESSAGES_PER_MINUTE: '100000',
  RATE_LIMIT_DEFINITIONS_PER_MINUTE: '100000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '100000',
};

/** The environment of a process under test. */
export function testEnv(databaseUrl: string, more: Record<string, string> = {}): Record<string, string> {
  const folder = testStorageFolder(databaseUrl);
  const own = { DATABASE_URL: databaseUrl, STORAGE_DIR: folder, MAIL_FOLDER: join(folder, 'mails') };
  return { ...TEST_ENV, ...own, ...more };
}

/** The folder in which the processes that use this database store files. */
function testStorageFolder(databaseUrl: string): string {
  return join(tmpdir(), 'raptscallions-test-storage', new URL(databaseUrl).pathname.slice(1) || 'unnamed');
}

function clientOf(server: Server, token: string | null) {
  const call =
    (method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head') => (path: string) => {
      const built = request(server)[method](
        path.startsWith('/api') || !path.startsWith('/') ? path : `/api/v1${path}`,
      );
      return token === null ? built : built.set('Authorization', `Bearer ${token}`);
    };
  return {
    token,
    get: call('get'),
    post: call('post'),
    put: call('put'),
    patch: call('patch'),
    delete: call('delete'),
    options: call('options'),
    head: call('head'),
  };
}

/** Creates a sign-in of the user like the log-in route, without the cost of hashing a password. */
export async function tokenFor(container: Container, userId: string): Promise<string> {
  const sessionId = newId();
  await container.platform.db.execute(
    sql`INSERT INTO refresh_tokens (id, user_id, family_id, token_hash, expires_at, family_expires_at, password_proven_at)
        VALUES (${newId()}::uuid, ${userId}::uuid, ${sessionId}::uuid, sha256(${sessionId}::text::bytea), now() + interval '1 day',
                now() + interval '1 day', now())`,
  );
  await container.access.usersChanged([userId]);
  return container.auth.tokens.sign({ userId, sessionId });
}

/** The routes of the test, without a common prefix; undefined for the real ones. */
function featuresFor(container: Container, { routes }: TestAppOptions): readonly Feature[] | undefined {
  return routes && [{ prefixes: [''], routes: routes(container) }];
}

/** Starts the whole API on its own database, on a free port of the loopback address. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const config = loadConfig(
    testEnv(database.url, { TEMPORAL_ADDRESS: testEnvironment().temporalAddress, ...options.env }),
  );
  const logger = createLogger({ service: 'test', level: config.LOG_LEVEL, format: 'pretty' });
  const container = createContainer({
    config,
    process: 'api',
    logger,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  await container.start();
  const http = createHttpServer(createApp(container, featuresFor(container, options)));
  const { server } = http;
  await http.listen(0, '127.0.0.1');
  return {
    container,
    server,
    url: `http://127.0.0.1:${http.port}`,
    databaseUrl: database.url,
    anonymous: clientOf(server, null),
    as: async (userId) => clientOf(server, await tokenFor(container, userId)),
    withToken: (token) => clientOf(server, token),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await container.stop();
      if (options.database === undefined) await database.drop();
      await rm(testStorageFolder(database.url), { recursive: true, force: true });
    },
  };
}
