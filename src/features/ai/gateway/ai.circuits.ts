import { LRUCache } from 'lru-cache';
import { Circuit, type CircuitVerdict } from '../../../shared/circuit';

/** Five failures in a row are no coincidence. */
const LIMITS = { failures: 5, openMs: 10_000 };
/** A bound, because model names come from tools and odd names must not fill the memory. */
const MAX_KEYS = 1_000;

/** The circuits of all models. */
export class ModelCircuits {
  private readonly circuits = new LRUCache<string, Circuit>({ max: MAX_KEYS });

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether a call of this model would be let through now. */
  admits(key: string): boolean {
    return this.circuits.get(key)?.admits ?? true;
  }

  /** Lets a call through, or not. Each call that was let through must be reported by `report`. */
  enter(key: string): boolean {
    return this.circuits.get(key)?.enter() ?? true;
  }

  report(key: string, verdict: CircuitVerdict): void {
    if (verdict === 'healthy') {
      this.circuits.delete(key);
      return;
    }
    const circuit = this.circuits.get(key) ?? new Circuit(LIMITS, this.now);
    circuit.report(verdict);
    if (verdict === 'failed') this.circuits.set(key, circuit);
  }

  /** Seconds until the model is tried again. */
  retryAfterSeconds(key: string): number {
    return Math.max(1, Math.ceil((this.circuits.get(key)?.msLeft ?? 0) / 1000));
  }
}
