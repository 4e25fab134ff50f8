import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { startTimeOf } from './processes.cjs';
import { projectRoot } from './project-root';

let guardian: Writable | undefined;

function tell(entry: object): void {
  guardian ??= startGuardian();
  guardian.write(`${JSON.stringify(entry)}\n`);
}

function startGuardian(): Writable {
  // The script runs from the sources, because a rebuild would delete the file in dist under a running
  // process.
  const script = join(projectRoot, 'src', 'local-servers', 'guardian.cjs');
  const child = spawn(process.execPath, [script], {
    // Its own session, so that Ctrl-C and a closed terminal do not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Neither the guardian nor the pipe to it keeps this process alive.
  child.unref();
  const input = child.stdin as Writable & { unref(): void };
  input.unref();
  input.on('error', () => undefined);
  return input;
}

/** Ends the child when this process ends, however this process ends. */
export function guardProcess(child: ChildProcess, { ask = 'SIGTERM', graceMs = 5_000 } = {}): void {
  const pid = child.pid;
  if (pid === undefined) return;
  tell({ pid, startTime: startTimeOf(pid), ask, graceMs });
  child.once('exit', () => tell({ release: pid }));
}

/** Removes the folder when this process ends, unless it was released before. */
export function guardFolder(folder: string): void {
  tell({ folder });
}

/** Releases a folder that is already removed or should stay. */
export function releaseFolder(folder: string): void {
  tell({ release: folder });
}
