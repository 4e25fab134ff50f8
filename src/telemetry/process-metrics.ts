import { readdirSync, readFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { type Attributes, type Meter, metrics } from '@opentelemetry/api';

/** Durations of garbage collections, from a negligible one to one that stops a server. */
const GC_SECONDS = [0.001, 0.01, 0.1, 1, 2, 5];
const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

type Read = () => number | readonly (readonly [number, Attributes])[] | null;

/** Node has no public list of open handles and requests. Every Node dashboard shows these two counts. */
const internals = process as unknown as {
  _getActiveHandles?: () => object[];
  _getActiveRequests?: () => object[];
};

/**
 * Observes the process itself, under the names of Prometheus' own client libraries, because existing Node
 * dashboards and this repository's alerts read those.
 */
export function observeProcess(): void {
  const meter = metrics.getMeter('raptscallions');
  observeCpuAndMemory(meter);
  observeHeap(meter);
  observeHandles(meter);
  observeEventLoop(meter);
  observeGarbageCollection(meter);
}

function gauge(meter: Meter, name: string, description: string, read: Read): void {
  meter.createObservableGauge(name, { description }).addCallback((result) => {
    const found = read();
    if (typeof found === 'number') result.observe(found);
    else for (const [value, attributes] of found ?? []) result.observe(value, attributes);
  });
}

function observeCpuAndMemory(meter: Meter): void {
  const counter = (name: string, description: string, read: () => number): void =>
    meter.createObservableCounter(name, { description }).addCallback((result) => result.observe(read()));
  const seconds = (...micros: number[]): number => micros.reduce((sum, each) => sum + each, 0) / 1e6;
  counter('process_cpu_user_seconds_total', 'Time on a processor in the program.', () =>
    seconds(process.cpuUsage().user),
  );
  counter('process_cpu_system_seconds_total', 'Time on a processor in the operating system.', () =>
    seconds(process.cpuUsage().system),
  );
  counter('process_cpu_seconds_total', 'Time on a processor.', () => {
    const { user, system } = process.cpuUsage();
    return seconds(user, system);
  });
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  gauge(meter, 'process_start_time_seconds', 'When the process started.', () => startedAt);
  gauge(meter, 'process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  gauge(meter, 'process_virtual_memory_bytes', 'Address space of the process.', () => statusOf('VmSize'));
  gauge(meter, 'process_heap_bytes', 'Data segment of the process.', () => statusOf('VmData'));
  gauge(meter, 'process_open_fds', 'Open file descriptors.', () =>
    // Minus the one that this call opens.
    onLinux(() => readdirSync('/proc/self/fd').length - 1),
  );
  gauge(meter, 'process_max_fds', 'Most open file descriptors.', () =>
    onLinux(() => Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])),
  );
  const [major, minor, patch] = process.versions.node.split('.').map(Number);
  const version = { version: process.version, major, minor, patch };
  gauge(meter, 'nodejs_version_info', 'The version of Node.js.', () => [[1, version]]);
}

/** A line of /proc, in bytes. The kernel generates it in memory, so reading it blocks nothing. */
function statusOf(name: string): number | null {
  return onLinux(() => {
    const [, kilobytes] =
      new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  });
}

function onLinux(read: () => number): number | null {
  try {
    const value = read();
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}

function observeHeap(meter: Meter): void {
  gauge(meter, 'nodejs_heap_size_total_bytes', 'Size of the heap.', () => process.memoryUsage().heapTotal);
  gauge(meter, 'nodejs_heap_size_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge(
    meter,
    'nodejs_external_memory_bytes',
    'Memory outside of the heap.',
    () => process.memoryUsage().external,
  );
  for (const [kind, field] of [
    ['total', 'space_size'],
    ['used', 'space_used_size'],
    ['available', 'space_available_size'],
  ] as const)
    gauge(meter, `nodejs_heap_space_size_${kind}_bytes`, `Size of the spaces of the heap, ${kind}.`, () =>
      getHeapSpaceStatistics().map((space) => [
        space[field],
        { space: space.space_name.replace(/_space$/, '') },
      ]),
    );
}

function observeHandles(meter: Meter): void {
  const kinds: readonly (readonly [string, string, () => readonly string[]])[] = [
    ['resources', 'What keeps the event loop alive', () => process.getActiveResourcesInfo()],
    ['handles', 'Open handles', () => classesOf(internals._getActiveHandles?.())],
    ['requests', 'Open requests to the operating system', () => classesOf(internals._getActiveRequests?.())],
  ];
  for (const [kind, description, list] of kinds) {
    gauge(meter, `nodejs_active_${kind}`, `${description}, by type.`, () => countByType(list()));
    gauge(meter, `nodejs_active_${kind}_total`, `${description}.`, () => list().length);
  }
}

function classesOf(objects: readonly object[] = []): string[] {
  return objects.map((each) => each.constructor?.name ?? 'Object');
}

function countByType(names: readonly string[]): [number, Attributes][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([type, count]) => [count, { type }]);
}

function observeEventLoop(meter: Meter): void {
  const delays = monitorEventLoopDelay();
  delays.enable();
  const observed: Record<string, () => number> = {
    min: () => delays.min,
    max: () => delays.max,
    mean: () => delays.mean,
    stddev: () => delays.stddev,
    p50: () => delays.percentile(50),
    p90: () => delays.percentile(90),
    p99: () => delays.percentile(99),
  };
  const lag = meter.createObservableGauge('nodejs_eventloop_lag_seconds', {
    description: 'Delay of the event loop, just now.',
  });
  const gauges = Object.entries(observed).map(([name, read]) => {
    const description = `Delay of the event loop since it was last asked for, ${name}.`;
    return {
      made: meter.createObservableGauge(`nodejs_eventloop_lag_${name}_seconds`, { description }),
      read,
    };
  });
  // All of them in one callback, because each reading resets the histogram.
  meter.addBatchObservableCallback(
    async (result) => {
      const askedAt = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      result.observe(lag, (performance.now() - askedAt) / 1000);
      // Without a sample since the last reading there is no value.
      if (delays.count > 0) for (const { made, read } of gauges) result.observe(made, read() / 1e9);
      delays.reset();
    },
    [lag, ...gauges.map(({ made }) => made)],
  );
}

function observeGarbageCollection(meter: Meter): void {
  const duration = meter.createHistogram('nodejs_gc_duration_seconds', {
    description: 'How long collections of garbage took, by kind.',
    advice: { explicitBucketBoundaries: GC_SECONDS },
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
      duration.record(entry.duration / 1000, { kind: GC_KINDS[kind] ?? 'other' });
    }
  }).observe({ entryTypes: ['gc'] });
}
