// This import comes first, because the SDK takes part in loading the modules after it.
import './telemetry/start.api';

import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from './app';
import { loadConfig } from './config/config';
import { type Container, createContainer } from './container';
import { createHttpServer } from './http/server';
import { isDatabaseUnavailable } from './platform/db/errors';
import { endInOrder, failToStart } from './platform/lifecycle';
import { toggleDebugOnSignal } from './platform/logging/log-level';
import { logDelivery } from './telemetry/delivery-log';
import { createMetricsServer } from './telemetry/metrics-server';
import { runningTelemetry } from './telemetry/start';

/**
 * Hashing a password takes some tenths of a second. Within this time, the first admin can sign in from the
 * first request on.
 */
const FIRST_ADMIN_WAIT_MS = 2_000;
const FIRST_ADMIN_RETRY_MS = 2_000;

/**
 * Creates the first admin. The API also starts without its database; the admin is then created as soon as
 * the database answers.
 */
async function ensureFirstAdmin({ auth, platform: { logger } }: Container): Promise<void> {
  for (;;) {
    try {
      return await auth.accounts.ensureFirstAdmin();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) return logger.error('the first admin was not created', { error });
      await sleep(FIRST_ADMIN_RETRY_MS, undefined, { ref: false });
    }
  }
}

/** Lets every module finish work that no request waits for, such as an answer whose client has gone. */
async function drainModules(container: Container): Promise<void> {
  const modules = Object.values(container) as { drain?: () => Promise<void> }[];
  await Promise.all(modules.map(async (module) => module.drain?.()));
}

async function main(): Promise<void> {
  const config = loadConfig();
  const container = createContainer({ config, process: 'api' });
  const { logger } = container.platform;
  const telemetry = runningTelemetry();
  const metricsServer = createMetricsServer(config, telemetry);
  const server = createHttpServer(createApp(container));
  endInOrder({
    logger,
    graceMs: config.SHUTDOWN_GRACE_MS,
    stop: async () => {
      // In parallel, because a module ends its streams with a last event just before the server would cut
      // them off.
      const [cutOff] = await Promise.all([server.stop(config.SHUTDOWN_GRACE_MS), drainModules(container)]);
      if (cutOff > 0) logger.warn('open connections were closed', { cutOff });
      await container.stop();
      await Promise.all([telemetry.stop(), metricsServer?.stop()]);
    },
  });
  toggleDebugOnSignal(logger);
  logDelivery(telemetry, logger);
  await metricsServer?.start();
  // Loading the client takes half a second, which no request should wait for.
  container.platform.temporal.get();
  await container.start();
  await Promise.race([ensureFirstAdmin(container), sleep(FIRST_ADMIN_WAIT_MS)]);
  await server.listen(config.PORT, config.HOST);
  logger.info('listening', { url: config.PUBLIC_URL, docs: `${config.PUBLIC_URL}/docs`, port: server.port });
}

main().catch(failToStart);
