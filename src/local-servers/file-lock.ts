import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './processes.cjs';

// The work behind the lock takes minutes, so looking twice a second is often enough.
const POLL_MS = 500;

// A holder creates the file before it writes its PID; this is the longest time between the two.
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
 * Runs the work while no other process holds the same lock file. A lock is taken over if its holder is
 * dead. Two processes that take it over in the same instant both run, so the work must tolerate that.
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
