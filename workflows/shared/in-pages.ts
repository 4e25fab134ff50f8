import { z } from 'zod';
import type { WalkedPage } from '../../src/shared/pages';
import type { ActivityRun } from './activity';

/** How far an attempt got. */
const Progress = z.object({ after: z.string(), done: z.number() });

export interface PageLimits {
  /** Keys that one page reads. */
  size: number;
  /** A bound on one activity; the rest waits for the next scheduled run. */
  maxPages: number;
}

/**
 * Walks page by page to the end, starting where the previous attempt stopped. It is safe to repeat if
 * finished work is not done again. @returns how much was done, including by earlier attempts of this
 * activity
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
