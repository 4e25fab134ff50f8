import type { Metrics } from '../telemetry/metrics';
import type { Bus } from './bus/bus';
import { cachesOf } from './cache';

interface PoolState {
  total: number;
  idle: number;
  waiting: number;
}

/** The gauges of a pool of connections, under its name. */
export function measurePool(metrics: Metrics, pool: string, max: number, state: () => PoolState): void {
  metrics.gauge('rapt_db_pool_connections', () => {
    const { total, idle } = state();
    return [
      { labels: { pool, state: 'busy' }, value: total - idle },
      { labels: { pool, state: 'idle' }, value: idle },
    ];
  });
  metrics.gauge('rapt_db_pool_waiting', () => [{ labels: { pool }, value: state().waiting }]);
  metrics.gauge('rapt_db_pool_max', () => [{ labels: { pool }, value: max }]);
}

/** How often the caches of a process were asked in vain, and not. */
export function measureCaches(metrics: Metrics, bus: Bus): void {
  metrics.counterFrom('rapt_cache_requests_total', () =>
    cachesOf(bus).flatMap(({ name: cache, hits, misses }) => [
      { labels: { cache, result: 'hit' }, value: hits },
      { labels: { cache, result: 'miss' }, value: misses },
    ]),
  );
}
