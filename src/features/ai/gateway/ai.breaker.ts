import { LRUCache } from 'lru-cache';

/** This many failures in a row are no coincidence. */
const FAILURES_TO_OPEN = 5;
/** How long a failing model is not asked, before one call tries it again. */
const OPEN_MS = 10_000;
/** A bound, because model names come from tools and odd names must not fill the memory. */
const MAX_KEYS = 1_000;

interface Circuit {
  failures: number;
  openUntil: number;
  probing: boolean;
}

export type Verdict = 'healthy' | 'failed' | 'unknown';

/**
 * Stops calls to a model that keeps failing, so that callers get an error immediately instead of waiting in
 * vain.
 */
export class CircuitBreaker {
  private readonly circuits = new LRUCache<string, Circuit>({ max: MAX_KEYS });

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether a call would be let through now. */
  admits(key: string): boolean {
    const circuit = this.circuits.get(key);
    if (circuit === undefined || circuit.failures < FAILURES_TO_OPEN) return true;
    return circuit.openUntil <= this.now() && !circuit.probing;
  }

  /**
   * Whether to let a call through; while half open, only one. Report the result of each call with `report`.
   */
  enter(key: string): boolean {
    if (!this.admits(key)) return false;
    const circuit = this.circuits.get(key);
    if (circuit !== undefined && circuit.failures >= FAILURES_TO_OPEN) circuit.probing = true;
    return true;
  }

  /** Reports the result of a call; 'unknown' if it says nothing about the model (the caller aborted it). */
  report(key: string, verdict: Verdict): void {
    if (verdict === 'healthy') {
      this.circuits.delete(key);
      return;
    }
    const circuit = this.circuits.get(key) ?? { failures: 0, openUntil: 0, probing: false };
    circuit.probing = false;
    if (verdict === 'unknown') return;
    circuit.failures += 1;
    if (circuit.failures >= FAILURES_TO_OPEN) circuit.openUntil = this.now() + OPEN_MS;
    this.circuits.set(key, circuit);
  }

  /** Seconds until the model is tried again. */
  retryAfterSeconds(key: string): number {
    const openUntil = this.circuits.get(key)?.openUntil ?? 0;
    return Math.max(1, Math.ceil((openUntil - this.now()) / 1000));
  }
}
