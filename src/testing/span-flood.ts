import '../telemetry/start.api';

import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import { runningTelemetry } from '../telemetry/start';
import { inSpan } from '../telemetry/trace';

/** Many times the size of the queue. */
const SPANS = 50_000;

/** A program that makes more spans than a collector accepts, and reports its own memory. */
async function main(): Promise<void> {
  const told = new Promise<boolean>((resolve) => {
    runningTelemetry().onDelivery(resolve);
  });
  // So that there are metrics to send at the end, too.
  metrics.getMeter('flood').createCounter('many').add(1);
  const started = Date.now();
  for (let i = 0; i < SPANS; i += 1) await inSpan('many', {}, async () => i);
  const madeMs = Date.now() - started;
  const isReached = await told;
  global.gc?.();
  const heapMb = Math.round(process.memoryUsage().heapUsed / 1e6);
  await sleep(100);
  const stopping = Date.now();
  await runningTelemetry().stop();
  const stopMs = Date.now() - stopping;
  process.stdout.write(`${JSON.stringify({ isReached, madeMs, heapMb, stopMs })}\n`);
  process.exit(0);
}

void main();
