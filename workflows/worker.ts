import { MetricsBuffer } from '@temporalio/worker';
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
  const metricsBuffer =
    config.WORKER_HEALTH_PORT === undefined ? undefined : new MetricsBuffer({ useSecondsForDurations: true });
  installTemporalRuntime(logger, metricsBuffer);
  if (config.isProduction && config.TEMPORAL_CODEC_KEYS.length === 0)
    logger.warn(
      'TEMPORAL_CODEC_KEYS is not set: the ids and codes that are stored in Temporal are not encrypted',
    );
  const worker = new WorkerProcess({
    container,
    workflowBundle,
    metricsBuffer,
    onRunning: () => process.send?.('ready'),
  });
  endInOrder({ logger, graceMs: config.SHUTDOWN_GRACE_MS, stop: () => worker.stop() });
  await worker.start();
}

main().catch((error: unknown) => {
  const isOperatorsMistake = error instanceof EnvError || error instanceof BundleMissingError;
  process.stderr.write(`${isOperatorsMistake ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
