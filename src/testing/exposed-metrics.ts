/** Which process exposes a metric. */
export type MetricSource = 'api' | 'worker';

export interface ExposedMetric {
  kind: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the unit that its name contains. */
  buckets?: readonly number[];
  by: readonly MetricSource[];
}

const BOTH = ['api', 'worker'] as const;

/**
 * The metrics that API and worker expose themselves: dashboards and alerts may read them, and no edit may
 * rename them by accident. Labels have only values from the code, the configuration and the list of models,
 * never an id, an address or a tenant. So the number of series depends on routes and jobs, not on the size
 * of the district.
 */
export const OUR_METRICS: Readonly<Record<string, ExposedMetric>> = {
  http_request_duration_ms: {
    kind: 'histogram',
    labels: ['method', 'route', 'status'],
    by: ['api'],
    buckets: [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000],
  },
  rapt_requests_refused_total: { kind: 'counter', labels: ['reason'], by: ['api'] },
  ai_requests_total: { kind: 'counter', labels: ['provider', 'model', 'outcome'], by: BOTH },
  ai_tokens_total: { kind: 'counter', labels: ['model', 'direction'], by: BOTH },
  rapt_ai_cost_micros_total: { kind: 'counter', labels: ['model'], by: BOTH },
  rapt_ai_request_seconds: {
    kind: 'histogram',
    labels: ['model'],
    by: BOTH,
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120],
  },
  active_sessions: { kind: 'gauge', labels: [], by: ['worker'] },
  rapt_db_pool_connections: { kind: 'gauge', labels: ['pool', 'state'], by: BOTH },
  rapt_db_pool_max: { kind: 'gauge', labels: ['pool'], by: BOTH },
  rapt_db_pool_waiting: { kind: 'gauge', labels: ['pool'], by: BOTH },
  rapt_db_pool_wait_seconds: {
    kind: 'histogram',
    labels: ['pool'],
    by: BOTH,
    buckets: [0.0005, 0.002, 0.01, 0.05, 0.2, 0.5, 1, 2],
  },
  rapt_cache_requests_total: { kind: 'counter', labels: ['cache', 'result'], by: BOTH },
  rapt_activity_seconds: {
    kind: 'histogram',
    labels: ['workflow', 'activity', 'outcome'],
    by: ['worker'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800],
  },
  rapt_outbox_pending: { kind: 'gauge', labels: [], by: ['worker'] },
  rapt_outbox_failed: { kind: 'gauge', labels: [], by: ['worker'] },
  rapt_outbox_oldest_seconds: { kind: 'gauge', labels: [], by: ['worker'] },
  rapt_worker_serving: { kind: 'gauge', labels: ['queue'], by: ['worker'] },
  rapt_worker_activities: { kind: 'gauge', labels: ['queue'], by: ['worker'] },
  rapt_worker_activity_slots: { kind: 'gauge', labels: ['queue'], by: ['worker'] },
};

/** The metrics of the process itself. */
export const PROCESS_METRICS: Readonly<Record<string, ExposedMetric>> = {
  process_cpu_user_seconds_total: { kind: 'counter', labels: [], by: BOTH },
  process_cpu_system_seconds_total: { kind: 'counter', labels: [], by: BOTH },
  process_cpu_seconds_total: { kind: 'counter', labels: [], by: BOTH },
  process_start_time_seconds: { kind: 'gauge', labels: [], by: BOTH },
  process_resident_memory_bytes: { kind: 'gauge', labels: [], by: BOTH },
  process_virtual_memory_bytes: { kind: 'gauge', labels: [], by: BOTH },
  process_heap_bytes: { kind: 'gauge', labels: [], by: BOTH },
  process_open_fds: { kind: 'gauge', labels: [], by: BOTH },
  process_max_fds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_min_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_max_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_mean_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_stddev_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_p50_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_p90_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_eventloop_lag_p99_seconds: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_active_resources: { kind: 'gauge', labels: ['type'], by: BOTH },
  nodejs_active_resources_total: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_active_handles: { kind: 'gauge', labels: ['type'], by: BOTH },
  nodejs_active_handles_total: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_active_requests: { kind: 'gauge', labels: ['type'], by: BOTH },
  nodejs_active_requests_total: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_heap_size_total_bytes: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_heap_size_used_bytes: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_external_memory_bytes: { kind: 'gauge', labels: [], by: BOTH },
  nodejs_heap_space_size_total_bytes: { kind: 'gauge', labels: ['space'], by: BOTH },
  nodejs_heap_space_size_used_bytes: { kind: 'gauge', labels: ['space'], by: BOTH },
  nodejs_heap_space_size_available_bytes: { kind: 'gauge', labels: ['space'], by: BOTH },
  nodejs_version_info: { kind: 'gauge', labels: ['version', 'major', 'minor', 'patch'], by: BOTH },
  nodejs_gc_duration_seconds: {
    kind: 'histogram',
    labels: ['kind'],
    by: BOTH,
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
  },
};

const LATENCY = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];

/** Metrics of Temporal's SDK, in seconds, that dashboards and alerts read; the SDK exposes more. */
export const TEMPORAL_METRICS: Readonly<Record<string, ExposedMetric>> = {
  temporal_workflow_completed: {
    kind: 'counter',
    labels: ['workflow_type', 'task_queue', 'namespace'],
    by: ['worker'],
  },
  temporal_workflow_failed: {
    kind: 'counter',
    labels: ['workflow_type', 'task_queue', 'namespace'],
    by: ['worker'],
  },
  temporal_workflow_endtoend_latency: {
    kind: 'histogram',
    labels: ['workflow_type', 'task_queue', 'namespace'],
    by: ['worker'],
    buckets: LATENCY,
  },
  temporal_activity_schedule_to_start_latency: {
    kind: 'histogram',
    labels: ['task_queue', 'namespace'],
    by: ['worker'],
    buckets: LATENCY,
  },
  temporal_worker_task_slots_available: {
    kind: 'gauge',
    labels: ['worker_type', 'task_queue', 'namespace'],
    by: ['worker'],
  },
};
