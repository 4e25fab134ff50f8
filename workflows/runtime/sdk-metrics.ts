import type { MetricsBuffer } from '@temporalio/worker';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LIBRARY_METRICS } from '../../src/telemetry/metrics.table';

/** Well before the buffer's ten thousand places are taken. */
const DRAIN_EVERY_MS = 1_000;
/** Names of code and of queues. Whatever else the SDK may add one day would be one series more for each value. */
const LABELS = [
  'workflow_type',
  'activity_type',
  'task_queue',
  'worker_type',
  'poller_type',
  'operation',
  'status_code',
  'failure_reason',
];
/** From a poll that finds work at once to a workflow of hours. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];

type Record = (labels: { [label: string]: string }, value: number) => void;

/**
 * The SDK's own metrics (workflows completed and failed, slots, polls, latencies), under the names that Temporal's
 * dashboards know, on our registry: one port for all.
 */
export class SdkMetrics {
  private readonly recorders = new Map<string, Record>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly buffer: MetricsBuffer,
    private readonly registry: Registry,
  ) {
    // Those that somebody watches, at once: a job that has never failed yet has a count as well.
    for (const [name, { kind, help }] of Object.entries(LIBRARY_METRICS))
      if (name.startsWith('temporal_')) this.recorderOf(name, kind, help);
    this.timer = setInterval(() => this.drain(), DRAIN_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Takes over what has come since. */
  drain(): void {
    for (const { metric, value, attributes } of this.buffer.retrieveUpdates()) {
      const labels: { [label: string]: string } = {};
      for (const label of LABELS) {
        const given = attributes[label];
        if (given !== undefined) labels[label] = String(given);
      }
      this.recorderOf(metric.name, metric.kind, metric.description)(labels, value);
    }
  }

  private recorderOf(name: string, kind: string, description?: string): Record {
    const known = this.recorders.get(name);
    if (known !== undefined) return known;
    const base = { name, help: description || name, labelNames: LABELS, registers: [this.registry] };
    const made = recorder(base, kind);
    this.recorders.set(name, made);
    return made;
  }
}

function recorder(
  base: { name: string; help: string; labelNames: string[]; registers: Registry[] },
  kind: string,
): Record {
  if (kind === 'counter') {
    const counter = new Counter(base);
    return (labels, value) => counter.inc(labels, value);
  }
  if (kind === 'histogram') {
    const histogram = new Histogram({ ...base, buckets: BUCKETS });
    return (labels, value) => histogram.observe(labels, value);
  }
  const gauge = new Gauge(base);
  return kind === 'gauge'
    ? (labels, value) => gauge.set(labels, value)
    : (labels, value) => gauge.inc(labels, value);
}
