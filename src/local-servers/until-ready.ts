import { setTimeout as sleep } from 'node:timers/promises';

// Short enough that the pause does not delay anybody.
const POLL_MS = 150;

// A healthy server answers immediately; a hanging one is asked again.
const ANSWER_LIMIT_MS = 2_000;

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Waits until the URL answers 200. Resolves with false after the limit. */
export async function untilReady(url: string, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!(await isReady(url))) {
    if (Date.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}
