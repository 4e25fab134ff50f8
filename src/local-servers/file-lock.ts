import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './processes.cjs';

// What is waited for takes minutes; twice a second is often enough to look.
const POLL_MS = 500;

// Between making the file and filling it a holder has no name yet; no longer than this.
const NAMELESS_MS = 5_000;

function isHeld(file: string): boolean {
  try {
    const { mtimeMs } = statSync(file);
    const content = readFileSync(file, 'utf8');
    if (content === '') return Date.now() - mtimeMs < NAMELESS_MS;
    const { pid, startTime } = JSON.parse(content) as { pid: number; startTime: string };
    return startTimeOf(pid) === startTime;
  } catch {
    return false;
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }), {
      flag: 'wx',
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Runs the work while no other process that asks for the same lock file does. A lock whose holder is dead is
 * taken over; should two processes do that in the same instant both run, so the work must bear that.
 */
export async function withFileLock<T>(
  file: string,
  { onWait }: { onWait: () => void },
  work: () => Promise<T>,
) {
  let hasWaited = false;
  while (!tryLock(file)) {
    if (!isHeld(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!hasWaited) onWait();
    hasWaited = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
