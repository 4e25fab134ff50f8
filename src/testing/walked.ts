import type { WalkedPage } from '../shared/pages';

/** Walks through all pages of this size. @returns how much was done */
export async function walked(
  limit: number,
  page: (part: { after: string | null; limit: number }) => Promise<WalkedPage>,
): Promise<number> {
  let [done, after, isLast]: [number, string | null, boolean] = [0, null, false];
  while (!isLast) {
    const found = await page({ after, limit });
    done += found.done;
    [after, isLast] = [found.next, found.next === null];
  }
  return done;
}
