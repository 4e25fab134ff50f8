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
  // From the sources, not from dist: a rebuild must not take the file away under a running process.
  const script = join(projectRoot, 'src', 'local-servers', 'guardian.cjs');
  const child = spawn(process.execPath, [script], {
    // Its own session, so that Ctrl-C in the terminal and a closed terminal pass it by.
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

/** From now on the process ends when this one does, in whatever way this one ends. */
export function guardProcess(child: ChildProcess, { ask = 'SIGTERM', graceMs = 5_000 } = {}): void {
  const pid = child.pid;
  if (pid === undefined) return;
  tell({ pid, startTime: startTimeOf(pid), ask, graceMs });
  child.once('exit', () => tell({ release: pid }));
}

/** From now on the folder is removed when this process ends without having done so itself. */
export function guardFolder(folder: string): void {
  tell({ folder });
}

/** Takes a folder that was removed, or is to stay, off the guardian's list. */
export function releaseFolder(folder: string): void {
  tell({ release: folder });
}
