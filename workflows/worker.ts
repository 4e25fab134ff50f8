// First, as traces take part in the loading of what comes after.
import '../src/telemetry/start.worker';

import { MetricsBuffer } from '@temporalio/worker';
import { loadConfig } from '../src/config/config';
import { createContainer } from '../src/container';
import { endInOrder, failToStart } from '../src/platform/lifecycle';
import { toggleDebugOnSignal } from '../src/platform/logging/log-level';
import { wantsMetrics } from '../src/telemetry/telemetry';
import { BundleMissingError, findWorkflowBundle } from './runtime/bundle';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { WorkerProcess } from './runtime/worker-process';

async function main(): Promise<void> {
  const config = loadConfig();
  const workflowBundle = findWorkflowBundle(config, __dirname);
  const container = createContainer({ config, process: 'worker' });
  const { logger } = container.platform;
  toggleDebugOnSignal(logger);
  const metricsBuffer = wantsMetrics(config, 'worker')
    ? new MetricsBuffer({ useSecondsForDurations: true })
    : undefined;
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
  if (!(error instanceof BundleMissingError)) failToStart(error);
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
