import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guardProcess } from '../../src/local-servers/guard';
import { endProcess, sendSignal } from '../../src/local-servers/processes.cjs';

// The pause before a crashed process is started again: doubled each time, so that one which cannot start
// neither floods the terminal nor is forgotten.
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

// One that ran this long was well: its next crash is a new story.
const STABLE_AFTER_MS = 60_000;

export interface ManagedProcessOptions {
  name: string;
  script: string;
  /** Of V8, in MB; without it V8 takes what the machine has before it cleans up. */
  heapMegabytes?: number;
  env: NodeJS.ProcessEnv;
  /** How long it may take to finish what it is doing once asked to stop. */
  stopLimitMs: number;
  onLine: (line: string) => void;
  /** It crashed and will be started again after this pause. */
  onCrash: (why: string, pauseMs: number) => void;
  /** It has been started, for the first time or again. */
  onStart: (pid: number) => void;
}

/** One of our own Node processes: kept running until it is told to stop. */
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
      // Its own group: Ctrl-C in the terminal reaches the launcher alone, which stops all in the right order.
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

  /** Resolves when the process says `process.send('ready')`; false when it has not done so within the limit. */
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

  /** Asks it to stop, waits, ends it by force at the limit; it is not started again. */
  async stop(): Promise<'ended' | 'killed'> {
    this.isStopping = true;
    clearTimeout(this.timer);
    const pid = this.child?.pid;
    if (pid === undefined) return 'ended';
    return endProcess(pid, { graceMs: this.options.stopLimitMs });
  }

  /** Ends it at once. */
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
