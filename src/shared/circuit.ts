export interface CircuitLimits {
  /** After so many failures in a row the circuit opens. */
  failures: number;
  /** How long an open circuit lets nothing through before one attempt tries again. */
  openMs: number;
}

/** How an attempt went; 'unknown' if it says nothing about the other side (the caller broke it off). */
export type CircuitVerdict = 'healthy' | 'failed' | 'unknown';

/**
 * Stops calls to something that keeps failing, so that callers get an error immediately instead of waiting
 * in vain.
 */
export class Circuit {
  private failures = 0;
  private openUntil = 0;
  private isProbing = false;

  constructor(
    private readonly limits: CircuitLimits,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether all attempts are let through. */
  get isClosed(): boolean {
    return this.failures < this.limits.failures;
  }

  /** Whether an attempt would be let through now. */
  get admits(): boolean {
    return this.isClosed || (this.openUntil <= this.now() && !this.isProbing);
  }

  /** Lets an attempt through, or not; only one while it tries again. Each that was let through must be reported. */
  enter(): boolean {
    if (!this.admits) return false;
    this.isProbing = !this.isClosed;
    return true;
  }

  report(verdict: CircuitVerdict): void {
    this.isProbing = false;
    if (verdict === 'unknown') return;
    this.failures = verdict === 'healthy' ? 0 : this.failures + 1;
    if (!this.isClosed) this.openUntil = this.now() + this.limits.openMs;
  }

  /** Until the next attempt is let through. */
  get msLeft(): number {
    return Math.max(0, this.openUntil - this.now());
  }
}
