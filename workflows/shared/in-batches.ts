import type { ActivityRun } from './activity';

export interface BatchLimits {
  /** The size of a full batch: a smaller one was the last. */
  size: number;
  /** A bound on one activity; the rest waits for the next scheduled run. */
  maxBatches: number;
}

/**
 * Runs batches until nothing is left. It is safe to repeat if each batch takes only what is not done yet.
 * @returns how much was done, including by earlier attempts of this activity
 */
export async function inBatches(
  run: ActivityRun,
  { size, maxBatches }: BatchLimits,
  batch: () => Promise<number>,
): Promise<number> {
  let done = typeof run.lastHeartbeat === 'number' ? run.lastHeartbeat : 0;
  for (let round = 0; round < maxBatches; round += 1) {
    run.signal.throwIfAborted();
    const count = await batch();
    done += count;
    run.heartbeat(done);
    if (count < size) break;
  }
  return done;
}
