import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { type BenchRequest, forApi } from './targets';

export interface Measure {
  requestsPerSecond: number;
  p50: number;
  p99: number;
  /** CPU time of the server in microseconds a request; null if the system does not report it. */
  cpuMicros: number | null;
  failed: number;
}

/** Clock ticks a second of /proc/<pid>/stat: 100 on every common Linux. */
const TICKS = 100;

function cpuSeconds(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return null;
  }
}

function prepare(request: BenchRequest, token: ((caller: number) => string) | null): autocannon.Request {
  return {
    method: request.method,
    path: token === null ? request.path : forApi(request),
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token(request.caller)}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  };
}

/**
 * Closed loop: each connection sends its next request when it has its answer.
 * @param token returns a caller's credential; null for a server that needs none
 */
export async function measure(
  base: string,
  pid: number,
  requests: readonly BenchRequest[],
  connections: number,
  seconds: number,
  token: ((caller: number) => string) | null,
): Promise<Measure> {
  const prepared = requests.map((request) => prepare(request, token));
  let connection = 0;
  const before = cpuSeconds(pid);
  const result = await autocannon({
    url: base,
    connections,
    duration: seconds,
    // Each connection gets its own requests, because a chat takes one turn at a time.
    setupClient: (client) => {
      const own = connection++;
      client.setRequests(prepared.filter((_, index) => index % connections === own % connections));
    },
  });
  const after = cpuSeconds(pid);
  const answered = result.requests.total;
  return {
    requestsPerSecond: Math.round(answered / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicros:
      before === null || after === null || answered === 0
        ? null
        : Math.round(((after - before) / answered) * 1_000_000),
    failed: result.non2xx + result.errors,
  };
}
