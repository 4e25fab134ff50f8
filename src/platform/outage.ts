import { performance } from 'node:perf_hooks';
import type { Logger } from './logging/logger';

/**
 * The first failure may be temporary; during a long outage the next attempt comes every few seconds, so
 * that its end is noticed soon.
 */
const PAUSES_MS = [500, 1_000, 2_000, 5_000];

/**
 * Tracks whether a dependency is unreachable: logs its loss and its return once, and tells how long to wait
 * between attempts.
 */
export class Outage {
  private failures = 0;
  private since = 0;
  private pausedUntil = 0;

  constructor(
    private readonly logger: Logger,
    /** The dependency, and what waits for it: `Temporal: jobs wait in the outbox`. */
    private readonly what: string,
  ) {}

  get isOn(): boolean {
    return this.failures > 0;
  }

  /** Whether it is too early for the next attempt. */
  get isPaused(): boolean {
    return performance.now() < this.pausedUntil;
  }

  /** Records a failure. @returns how long to wait before the next attempt, in milliseconds */
  failed(reason: string): number {
    if (this.failures === 0) {
      this.since = Date.now();
      this.logger.warn(`not available: ${this.what}; retrying until it is`, { reason });
    }
    // Of several callers that find this out at the same time, only one counts.
    if (!this.isPaused) {
      this.failures += 1;
      this.pausedUntil =
        performance.now() + (PAUSES_MS[Math.min(this.failures, PAUSES_MS.length) - 1] as number);
    }
    return this.pausedUntil - performance.now();
  }

  /** Records a success. */
  over(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.pausedUntil = 0;
    this.logger.info(`available again: ${this.what}`, {
      afterSeconds: Math.round((Date.now() - this.since) / 1000),
    });
  }
}
