import { createApp } from './app';
import { loadConfig } from './config/config';
import { EnvError } from './config/env';
import { type Container, createContainer } from './container';
import { createHttpServer } from './http/server';
import { endInOrder } from './platform/lifecycle';

/** Lets every module end what no request waits for any more, such as the answer to a client that has gone. */
async function drainModules(container: Container): Promise<void> {
  const modules = Object.values(container) as { drain?: () => Promise<void> }[];
  await Promise.all(modules.map((module) => module.drain?.()));
}

async function main(): Promise<void> {
  const config = loadConfig();
  const container = createContainer({ config, process: 'api' });
  const { logger } = container.platform;
  const server = createHttpServer(createApp(container));
  endInOrder({
    logger,
    graceMs: config.SHUTDOWN_GRACE_MS,
    stop: async () => {
      // Together: a module ends its streams with a last event just before the server would cut them off.
      const [cutOff] = await Promise.all([server.stop(config.SHUTDOWN_GRACE_MS), drainModules(container)]);
      if (cutOff > 0) logger.warn('connections were cut off', { cutOff });
      await container.stop();
    },
  });
  await container.start();
  await server.listen(config.PORT, config.HOST);
  logger.info('listening', { url: config.PUBLIC_URL, docs: `${config.PUBLIC_URL}/docs`, port: server.port });
}

/** The message that an operator can act on; a stack only where the cause is not theirs. */
function explain(error: unknown): string {
  if (error instanceof EnvError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `The port ${port} is taken by another program. Choose another one with PORT.`;
  if (code === 'EACCES') return `The port ${port} may not be used by this account. Choose one above 1023 with PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
