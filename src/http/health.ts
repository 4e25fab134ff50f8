import { connect } from 'node:net';
import { type Request, type Response, Router } from 'express';
import type { Platform } from '../platform/platform';

/** How long a readiness probe waits for the database; load balancers give up after a few seconds. */
const DATABASE_LIMIT_MS = 1_000;
/** Temporal's state is only reported, so its check may take less of that time. */
const TEMPORAL_LIMIT_MS = 500;
const TEMPORAL_PORT = 7233;
/** An answer is reused for this long, so that probes query the database at most twice a second. */
const REMEMBERED_MS = 500;

type Condition = 'up' | 'down';

interface Checks {
  database: Condition;
  /** `off`: without REDIS_URL, its work is done in memory. */
  redis: Condition | 'off';
  temporal: Condition;
}

/** Resolves with whether `work` succeeds within the limit; never rejects. */
function succeedsWithin(work: Promise<unknown>, limitMs: number): Promise<Condition> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('down'), limitMs);
    work
      .then(
        () => resolve('up'),
        () => resolve('down'),
      )
      .finally(() => clearTimeout(timer));
  });
}

/** Opens a connection and closes it again. */
async function reach(address: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || TEMPORAL_PORT) });
  socket.setTimeout(TEMPORAL_LIMIT_MS, () => socket.destroy(new Error('timed out')));
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.destroy();
}

/** Checks the dependencies; simultaneous callers share one check. */
class Readiness {
  private checks: Promise<Checks> | null = null;

  constructor(private readonly platform: Platform) {}

  check(): Promise<Checks> {
    if (this.checks === null) {
      this.checks = this.look();
      void this.checks.then(() => setTimeout(() => (this.checks = null), REMEMBERED_MS).unref());
    }
    return this.checks;
  }

  private async look(): Promise<Checks> {
    const { db, redis, config } = this.platform;
    const [database, temporal] = await Promise.all([
      succeedsWithin(db.ping(), DATABASE_LIMIT_MS),
      succeedsWithin(reach(config.TEMPORAL_ADDRESS), TEMPORAL_LIMIT_MS),
    ]);
    return { database, redis: redis === null ? 'off' : redis.status === 'ready' ? 'up' : 'down', temporal };
  }
}

function answer(res: Response, status: number, body: object): void {
  res.status(status).setHeader('Cache-Control', 'no-store').json(body);
}

/**
 * `/health`: the process is alive. It checks nothing else, so that an outage of a dependency never causes a
 * restart. `/ready`: send requests here. Only the database decides; the other states are reported.
 */
export function healthRoutes(platform: Platform): Router {
  const readiness = new Readiness(platform);
  const router = Router({ caseSensitive: true });
  router.get('/health', (_req, res) => answer(res, 200, { status: 'ok' }));
  router.get('/ready', async (req: Request, res: Response) => {
    if (req.app.enabled('draining')) return answer(res, 503, { status: 'draining' });
    const checks = await readiness.check();
    const isReady = checks.database === 'up';
    if (!isReady) res.setHeader('Retry-After', '2');
    answer(res, isReady ? 200 : 503, { status: isReady ? 'ready' : 'unavailable', checks });
  });
  return router;
}
