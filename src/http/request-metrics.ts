import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('raptscallions');

/** From an answer out of memory to the longest time that a client waits. */
const MILLISECONDS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** Labels: `method`, `route` (the pattern) and `status` (its class, such as `2xx`). */
export const requestDuration = meter.createHistogram('http_request_duration_ms', {
  description: 'How long requests took, by route pattern; "unmatched" is every address that no route has.',
  advice: { explicitBucketBoundaries: MILLISECONDS },
});

/** Label: `reason`, the kind of the error. */
export const refusedRequests = meter.createCounter('rapt_requests_refused_total', {
  description: 'Requests that were answered with an error, by its kind.',
});
