import { performance } from 'node:perf_hooks';

const TICK_MS = 5;
/** A tick that comes later than this was delayed by the machine, not by the measured work. */
const LONGEST_GAP_MS = 25;

/**
 * Measures the time of something with a promised limit on a machine that other tests keep busy. Time in
 * which this process could not run is left out; time in which it waits counts in full.
 */
export class Stopwatch {
  private ran = 0;
  private seenAt = performance.now();
  private readonly timer = setInterval(() => this.look(), TICK_MS).unref();

  /** Milliseconds since the beginning. */
  get ms(): number {
    this.look();
    return this.ran;
  }

  /** Stops. @returns the milliseconds */
  stop(): number {
    clearInterval(this.timer);
    return this.ms;
  }

  private look(): void {
    const now = performance.now();
    this.ran += Math.min(now - this.seenAt, LONGEST_GAP_MS);
    this.seenAt = now;
  }
}
