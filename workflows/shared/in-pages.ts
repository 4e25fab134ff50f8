import { z } from 'zod';
import type { WalkedPage } from '../../src/shared/pages';
import type { ActivityRun } from './activity';

/** How far an attempt has come. */
const Progress = z.object({ after: z.string(), done: z.number() });

export interface PageLimits {
  /** Keys that one page looks at. */
  size: number;
  /** A bound on one activity; what is left then waits for the next scheduled run. */
  maxPages: number;
}

/**
 * Page after page to the end of a walk, from where the attempt before was. Safe to repeat where what is done is not done
 * again. @returns how much was done, by attempts of this activity that died as well.
 */
export async function inPages(
  run: ActivityRun,
  { size, maxPages }: PageLimits,
  page: (part: { after: string | null; limit: number }) => Promise<WalkedPage>,
): Promise<number> {
  const resumed = Progress.safeParse(run.lastHeartbeat);
  let { after, done }: { after: string | null; done: number } = resumed.success
    ? resumed.data
    : { after: null, done: 0 };
  for (let round = 0; round < maxPages; round += 1) {
    run.signal.throwIfAborted();
    const found = await page({ after, limit: size });
    done += found.done;
    if (found.next === null) break;
    after = found.next;
    run.heartbeat({ after, done });
  }
  return done;
}
