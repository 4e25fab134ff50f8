/** Who exports a metric. */
export type MetricSource = 'api' | 'worker';

export interface MetricSpec {
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  unit: 'ms' | 'seconds' | 'bytes' | 'tokens' | 'micros' | '1';
  /** Upper bounds of a histogram's buckets, in its unit. */
  buckets?: readonly number[];
  by: readonly MetricSource[];
}

/** From an answer out of memory to the longest a client waits. */
const REQUEST_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];
/** A free connection is there at once; DATABASE_WAIT_MS ends the wait after seconds. */
const WAIT_SECONDS = [0.0005, 0.002, 0.01, 0.05, 0.2, 0.5, 1, 2];
/** From the first token of a small model to the longest answer that may be awaited. */
const ANSWER_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120];
/** From a single statement to the longest export. */
const ACTIVITY_SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800];

const BOTH = ['api', 'worker'] as const;

/**
 * Every metric of our own. Labels take values of code, configuration and the list of models alone: never an id, an address or a
 * tenant, so that there are as many series as there are routes and jobs, however large the district.
 */
export const METRICS = {
  http_request_duration_ms: {
    kind: 'histogram',
    help: 'How long requests took, by route pattern; "unmatched" is every address that no route has.',
    labels: ['method', 'route', 'status'],
    unit: 'ms',
    buckets: REQUEST_MS,
    by: ['api'],
  },
  rapt_requests_refused_total: {
    kind: 'counter',
    help: 'Requests that were answered with an error, by its kind.',
    labels: ['reason'],
    unit: '1',
    by: ['api'],
  },
  ai_requests_total: {
    kind: 'counter',
    help: 'Calls to models, by how they ended: succeeded, aborted, or the code of the failure.',
    labels: ['provider', 'model', 'outcome'],
    unit: '1',
    by: BOTH,
  },
  ai_tokens_total: {
    kind: 'counter',
    help: 'Tokens that models have read (input) and written (output).',
    labels: ['model', 'direction'],
    unit: 'tokens',
    by: BOTH,
  },
  rapt_ai_cost_micros_total: {
    kind: 'counter',
    help: 'What calls to models cost, in millionths of BILLING_CURRENCY.',
    labels: ['model'],
    unit: 'micros',
    by: BOTH,
  },
  rapt_ai_request_seconds: {
    kind: 'histogram',
    help: 'How long calls to models took.',
    labels: ['model'],
    unit: 'seconds',
    buckets: ANSWER_SECONDS,
    by: BOTH,
  },
  active_sessions: {
    kind: 'gauge',
    help: 'Chat sessions that are open. Every worker counts all of them: take the greatest, not the sum.',
    labels: [],
    unit: '1',
    by: ['worker'],
  },
  rapt_db_pool_connections: {
    kind: 'gauge',
    help: 'Connections to the database, busy and idle.',
    labels: ['pool', 'state'],
    unit: '1',
    by: BOTH,
  },
  rapt_db_pool_max: {
    kind: 'gauge',
    help: 'Most connections that the process opens.',
    labels: ['pool'],
    unit: '1',
    by: BOTH,
  },
  rapt_db_pool_waiting: {
    kind: 'gauge',
    help: 'Statements that wait for a connection.',
    labels: ['pool'],
    unit: '1',
    by: BOTH,
  },
  rapt_db_pool_wait_seconds: {
    kind: 'histogram',
    help: 'How long statements waited for a connection.',
    labels: ['pool'],
    unit: 'seconds',
    buckets: WAIT_SECONDS,
    by: BOTH,
  },
  rapt_cache_requests_total: {
    kind: 'counter',
    help: 'Questions to the caches in memory, answered (hit) or not (miss).',
    labels: ['cache', 'result'],
    unit: '1',
    by: BOTH,
  },
  rapt_activity_seconds: {
    kind: 'histogram',
    help: 'How long attempts at activities took, by how they ended: completed, failed, cancelled.',
    labels: ['workflow', 'activity', 'outcome'],
    unit: 'seconds',
    buckets: ACTIVITY_SECONDS,
    by: ['worker'],
  },
  rapt_outbox_pending: {
    kind: 'gauge',
    help: 'Jobs that wait to be started.',
    labels: [],
    unit: '1',
    by: ['worker'],
  },
  rapt_outbox_failed: {
    kind: 'gauge',
    help: 'Jobs that could not be started and were given up.',
    labels: [],
    unit: '1',
    by: ['worker'],
  },
  rapt_outbox_oldest_seconds: {
    kind: 'gauge',
    help: 'For how long the oldest of them waits.',
    labels: [],
    unit: 'seconds',
    by: ['worker'],
  },
  rapt_worker_serving: {
    kind: 'gauge',
    help: 'Whether the queue is being served: 1 or 0.',
    labels: ['queue'],
    unit: '1',
    by: ['worker'],
  },
  rapt_worker_activities: {
    kind: 'gauge',
    help: 'Activities in hand.',
    labels: ['queue'],
    unit: '1',
    by: ['worker'],
  },
  rapt_worker_activity_slots: {
    kind: 'gauge',
    help: 'Activities that can be in hand at once.',
    labels: ['queue'],
    unit: '1',
    by: ['worker'],
  },
} as const satisfies Record<string, MetricSpec>;

/**
 * Metrics that libraries export under names of their own and that our dashboards and alerts use: those of the process
 * (prom-client) and of jobs (Temporal's SDK, in seconds).
 */
export const LIBRARY_METRICS = {
  process_cpu_seconds_total: {
    kind: 'counter',
    help: 'Time on a processor.',
    labels: [],
    unit: 'seconds',
    by: BOTH,
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Memory of the process.',
    labels: [],
    unit: 'bytes',
    by: BOTH,
  },
  process_start_time_seconds: {
    kind: 'gauge',
    help: 'When it started.',
    labels: [],
    unit: 'seconds',
    by: BOTH,
  },
  nodejs_eventloop_lag_p99_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop, 99th percentile.',
    labels: [],
    unit: 'seconds',
    by: BOTH,
  },
  temporal_workflow_completed: {
    kind: 'counter',
    help: 'Workflows that went well.',
    labels: ['workflow_type', 'task_queue'],
    unit: '1',
    by: ['worker'],
  },
  temporal_workflow_failed: {
    kind: 'counter',
    help: 'Workflows that failed.',
    labels: ['workflow_type', 'task_queue'],
    unit: '1',
    by: ['worker'],
  },
  temporal_workflow_endtoend_latency: {
    kind: 'histogram',
    help: 'From the start of a workflow to its end.',
    labels: ['workflow_type', 'task_queue'],
    unit: 'seconds',
    by: ['worker'],
  },
  temporal_activity_schedule_to_start_latency: {
    kind: 'histogram',
    help: 'How long activities waited for a worker.',
    labels: ['task_queue'],
    unit: 'seconds',
    by: ['worker'],
  },
  temporal_worker_task_slots_available: {
    kind: 'gauge',
    help: 'Tasks that a worker could take on.',
    labels: ['worker_type', 'task_queue'],
    unit: '1',
    by: ['worker'],
  },
} as const satisfies Record<string, MetricSpec>;

type Table = typeof METRICS;
export type MetricName = keyof Table;
type OfKind<K extends MetricSpec['kind']> = {
  [N in MetricName]: Table[N]['kind'] extends K ? N : never;
}[MetricName];
export type CounterName = OfKind<'counter'>;
export type GaugeName = OfKind<'gauge'>;
export type HistogramName = OfKind<'histogram'>;
/** The labels of a metric, each with its value. */
export type LabelsOf<N extends MetricName> = Record<Table[N]['labels'][number], string>;
