import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guardProcess } from '../../src/local-servers/guard';
import { endProcess, sendSignal } from '../../src/local-servers/processes.cjs';

// The pause before a crashed process is restarted. It doubles each time, so that a process that cannot
// start neither floods the terminal nor is given up.
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

// A process that ran this long was healthy: the pause starts at its minimum at the next crash.
const STABLE_AFTER_MS = 60_000;

export interface ManagedProcessOptions {
  name: string;
  script: string;
  /** V8's heap limit in MB. Without it, V8 uses what the machine has before it collects garbage. */
  heapMegabytes?: number;
  env: NodeJS.ProcessEnv;
  /** How long the process may take to finish its work after it is asked to stop. */
  stopLimitMs: number;
  onLine: (line: string) => void;
  /** Called when it crashed; it is restarted after this pause. */
  onCrash: (why: string, pauseMs: number) => void;
  /** Called each time it is started. */
  onStart: (pid: number) => void;
}

/** One of our own Node processes, kept running until it is stopped. */
export class ManagedProcess {
  private child: ChildProcess | undefined;
  private isStopping = false;
  private pauseMs = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ManagedProcessOptions) {}

  start(): void {
    const { script, heapMegabytes, env, stopLimitMs, onLine, onStart } = this.options;
    const startedAt = Date.now();
    const heap = heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`];
    const child = spawn(process.execPath, [...heap, '--enable-source-maps', script], {
      env,
      // Its own process group: Ctrl-C in the terminal reaches only the launcher, which stops everything in
      // the right order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    guardProcess(child, { graceMs: stopLimitMs });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine);
    }
    child.once('error', (error) => this.afterEnd(error.message, startedAt));
    child.once('exit', (code, signal) => this.afterEnd(signal ?? `code ${code}`, startedAt));
    if (child.pid !== undefined) onStart(child.pid);
  }

  /** Resolves with true when the process calls `process.send('ready')`, with false after the limit. */
  async waitUntilReady(limitMs: number): Promise<boolean> {
    const { child } = this;
    if (!child) return false;
    try {
      await once(child, 'message', { signal: AbortSignal.timeout(limitMs) });
      return true;
    } catch {
      return false;
    }
  }

  /** Asks the process to stop, and kills it at the limit. It is not restarted. */
  async stop(): Promise<'ended' | 'killed'> {
    this.isStopping = true;
    clearTimeout(this.timer);
    const pid = this.child?.pid;
    if (pid === undefined) return 'ended';
    return endProcess(pid, { graceMs: this.options.stopLimitMs });
  }

  /** Kills the process. */
  kill(): void {
    this.isStopping = true;
    clearTimeout(this.timer);
    if (this.child?.pid !== undefined) sendSignal(this.child.pid, 'SIGKILL');
  }

  private afterEnd(why: string, startedAt: number): void {
    this.child = undefined;
    if (this.isStopping) return;
    if (Date.now() - startedAt > STABLE_AFTER_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.options.onCrash(why, this.pauseMs);
    this.timer = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
