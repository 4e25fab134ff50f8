import '../telemetry/start.api';

import { setTimeout as sleep } from 'node:timers/promises';
import { currentRecorder, inSpan } from '../telemetry/trace';

/** Many times what the queue holds. */
const SPANS = 50_000;

/** A program that makes more spans than a collector takes, and says what that did to it. */
async function main(): Promise<void> {
  const recorder = currentRecorder();
  if (recorder === null) throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT is not set');
  const told = new Promise<boolean>((resolve) => {
    recorder.onDelivery = resolve;
  });
  const started = Date.now();
  for (let i = 0; i < SPANS; i += 1) await inSpan('many', {}, async () => i);
  const madeMs = Date.now() - started;
  const isReached = await told;
  global.gc?.();
  const heapMb = Math.round(process.memoryUsage().heapUsed / 1e6);
  await sleep(100);
  const stopping = Date.now();
  await recorder.stop();
  const stopMs = Date.now() - stopping;
  process.stdout.write(`${JSON.stringify({ isReached, madeMs, heapMb, stopMs })}\n`);
  process.exit(0);
}

void main();
