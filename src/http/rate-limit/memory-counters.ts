export interface Count {
  totalHits: number;
  resetTime: Date;
}

interface Counter {
  hits: number;
  resetAt: number;
}

/**
 * Counts in fixed windows, in this process only. Each call returns its own number: with a shared counter
 * object, simultaneous callers would see each other's hits.
 */
export class MemoryCounters {
  private current = new Map<string, Counter>();
  private previous = new Map<string, Counter>();
  private turnAt: number;

  constructor(private readonly windowMs: number) {
    this.turnAt = Date.now() + windowMs;
  }

  increment(key: string): Count {
    const now = Date.now();
    this.dropOld(now);
    let counter = this.find(key);
    if (counter === undefined || counter.resetAt <= now) counter = { hits: 0, resetAt: now + this.windowMs };
    counter.hits += 1;
    this.current.set(key, counter);
    return { totalHits: counter.hits, resetTime: new Date(counter.resetAt) };
  }

  decrement(key: string): void {
    const counter = this.find(key);
    if (counter !== undefined && counter.hits > 0) counter.hits -= 1;
  }

  reset(key: string): void {
    this.current.delete(key);
    this.previous.delete(key);
  }

  private find(key: string): Counter | undefined {
    return this.current.get(key) ?? this.previous.get(key);
  }

  /**
   * When a window has passed, everything that was not counted in it has expired. No key is visited for
   * that.
   */
  private dropOld(now: number): void {
    if (now < this.turnAt) return;
    this.previous = this.current;
    this.current = new Map();
    this.turnAt = now + this.windowMs;
  }
}
