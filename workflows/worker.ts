import { loadConfig } from '../src/config/config';
import { EnvError } from '../src/config/env';
import { createContainer } from '../src/container';
import { endInOrder } from '../src/platform/lifecycle';
import { BundleMissingError, findWorkflowBundle } from './runtime/bundle';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { WorkerProcess } from './runtime/worker-process';

async function main(): Promise<void> {
  const config = loadConfig();
  const workflowBundle = findWorkflowBundle(config, __dirname);
  const container = createContainer({ config, process: 'worker' });
  const { logger } = container.platform;
  installTemporalRuntime(logger);
  const worker = new WorkerProcess({ container, workflowBundle, onRunning: () => process.send?.('ready') });
  endInOrder({ logger, graceMs: config.SHUTDOWN_GRACE_MS, stop: () => worker.stop() });
  await worker.start();
}

main().catch((error: unknown) => {
  const isOperatorsMistake = error instanceof EnvError || error instanceof BundleMissingError;
  process.stderr.write(`${isOperatorsMistake ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
