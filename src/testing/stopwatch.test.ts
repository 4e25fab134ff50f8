import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stopwatch } from './stopwatch';

describe('a stopwatch', () => {
  it('counts waiting, and leaves out delays of the whole process', async () => {
    const watch = new Stopwatch();
    for (let n = 0; n < 20; n += 1) await sleep(10);
    const waited = watch.ms;
    expect(waited).toBeGreaterThan(100);
    // As if the machine had paused.
    const until = performance.now() + 500;
    while (performance.now() < until);
    expect(watch.stop() - waited).toBeLessThanOrEqual(25);
  });
});
