import type { ActivityRun } from './activity';

export interface BatchLimits {
  /** What one batch takes on at most: a batch that does less was the last one. */
  size: number;
  /** A bound on one activity; what is left then waits for the next scheduled run. */
  maxBatches: number;
}

/**
 * Batches until nothing is left. Safe to repeat where each batch takes only what is still to be done.
 * @returns how much was done, by attempts of this activity that died as well.
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
