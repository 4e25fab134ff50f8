// This import comes first, because the SDK takes part in loading the modules after it.
import '../src/telemetry/start.worker';

import { loadConfig, sendsMetrics } from '../src/config/config';
import { createContainer } from '../src/container';
import { endInOrder, failToStart } from '../src/platform/lifecycle';
import { toggleDebugOnSignal } from '../src/platform/logging/log-level';
import { runningTelemetry } from '../src/telemetry/start';
import { BundleMissingError, findWorkflowBundle } from './runtime/bundle';
import { temporalMetricsOf } from './runtime/temporal-metrics';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { WorkerProcess } from './runtime/worker-process';

async function main(): Promise<void> {
  const config = loadConfig();
  const workflowBundle = findWorkflowBundle(config, __dirname);
  const container = createContainer({ config, process: 'worker' });
  const { logger } = container.platform;
  toggleDebugOnSignal(logger);
  const temporalMetrics = await temporalMetricsOf(config);
  installTemporalRuntime(logger, temporalMetrics.options);
  if (sendsMetrics(config) && config.WORKER_HEALTH_PORT !== undefined)
    logger.info(
      "the metrics of Temporal's SDK go to the collector alone; if Prometheus reads /metrics, set OTEL_METRICS_EXPORTER=none",
    );
  if (config.isProduction && config.TEMPORAL_CODEC_KEYS.length === 0)
    logger.warn(
      'TEMPORAL_CODEC_KEYS is not set: the ids and codes that are stored in Temporal are not encrypted',
    );
  const worker = new WorkerProcess({
    container,
    workflowBundle,
    telemetry: runningTelemetry(),
    temporalMetrics,
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
