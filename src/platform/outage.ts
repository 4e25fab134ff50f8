import type { Logger } from './logging/logger';

/** The first failure may be a hiccup; a long outage is asked about every few seconds, so that its end is seen soon. */
const PAUSES_MS = [500, 1_000, 2_000, 5_000];

/** Knows whether something we depend on is away: says so once, says when it is back, and how long to wait between. */
export class Outage {
  private failures = 0;
  private since = 0;

  constructor(
    private readonly logger: Logger,
    /** What is away, and what waits for it: `Temporal: jobs wait in the outbox`. */
    private readonly what: string,
  ) {}

  get isOn(): boolean {
    return this.failures > 0;
  }

  /** It failed again. @returns how long to wait before the next try, in milliseconds. */
  failed(reason: string): number {
    if (this.failures === 0) {
      this.since = Date.now();
      this.logger.warn(`not available: ${this.what}; retrying until it is`, { reason });
    }
    this.failures += 1;
    return PAUSES_MS[Math.min(this.failures, PAUSES_MS.length) - 1] ?? 0;
  }

  /** It works. */
  over(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.logger.info(`available again: ${this.what}`, {
      afterSeconds: Math.round((Date.now() - this.since) / 1000),
    });
  }
}
