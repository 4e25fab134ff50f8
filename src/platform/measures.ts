import { metrics } from '@opentelemetry/api';
import type { Bus } from './bus/bus';
import { cachesOf } from './cache';
import type { PoolCounts } from './db/pool';

/** In seconds. A free connection comes immediately; DATABASE_WAIT_MS ends the wait after seconds. */
const WAIT_SECONDS = [0.0005, 0.002, 0.01, 0.05, 0.2, 0.5, 1, 2];

const meter = metrics.getMeter('raptscallions');
const connections = meter.createObservableGauge('rapt_db_pool_connections', {
  description: 'Connections to the database, busy and idle.',
});
const most = meter.createObservableGauge('rapt_db_pool_max', {
  description: 'Most connections that the process opens.',
});
const waiting = meter.createObservableGauge('rapt_db_pool_waiting', {
  description: 'Statements that wait for a connection.',
});
const wait = meter.createHistogram('rapt_db_pool_wait_seconds', {
  description: 'How long statements waited for a connection.',
  advice: { explicitBucketBoundaries: WAIT_SECONDS },
});
const cacheRequests = meter.createObservableCounter('rapt_cache_requests_total', {
  description: 'Questions to the caches in memory, answered (hit) or not (miss).',
});

/** Observes the connections of a pool, under its name. */
export function measurePool(name: string, max: number, counts: PoolCounts): void {
  connections.addCallback((result) => {
    const { totalCount, idleCount } = counts;
    result.observe(totalCount - idleCount, { pool: name, state: 'busy' });
    result.observe(idleCount, { pool: name, state: 'idle' });
  });
  waiting.addCallback((result) => result.observe(counts.waitingCount, { pool: name }));
  most.addCallback((result) => result.observe(max, { pool: name }));
}

/** @returns a function that records a wait for a connection of this pool */
export function measureWait(pool: string): (ms: number) => void {
  return (ms) => wait.record(ms / 1000, { pool });
}

/** Observes the hits and misses of a process's caches. */
export function measureCaches(bus: Bus): void {
  cacheRequests.addCallback((result) => {
    for (const { name: cache, hits, misses } of cachesOf(bus)) {
      result.observe(hits, { cache, result: 'hit' });
      result.observe(misses, { cache, result: 'miss' });
    }
  });
}
