import type { Logger } from '../platform/logging/logger';

/** Operators see at once that a limit is used up, and a flood of refusals causes only six lines a minute. */
const EVERY_MS = 10_000;

interface Noted {
  at: number;
  /** Refusals since that line that are not logged yet. */
  untold: number;
}

/**
 * Logs refused requests: the first by a limit immediately, then one line per ten seconds with their number.
 */
export class RefusalLog {
  private readonly noted = new Map<string, Noted>();

  constructor(private readonly logger: Logger) {}

  /** @param limit the name of the limit that is used up; there are only a few */
  note(limit: string, route: string): void {
    const now = Date.now();
    const last = this.noted.get(limit);
    if (last !== undefined && now - last.at < EVERY_MS) {
      last.untold += 1;
      return;
    }
    this.noted.set(limit, { at: now, untold: 0 });
    this.logger.warn('requests were refused by a rate limit', {
      limit,
      route,
      refused: 1 + (last?.untold ?? 0),
    });
  }
}
