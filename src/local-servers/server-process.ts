import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guardProcess } from './guard';
import { endProcess, sendSignal, waitForExit } from './processes.cjs';

// How many lines of a server's output are kept, to be shown if it does not start.
const REMEMBERED_LINES = 10;

export interface ServerCommand {
  /** The name of the server in messages. */
  name: string;
  command: string;
  args: string[];
  /** Matches the line with which the server reports that it accepts connections. */
  ready: RegExp;
  /** How long it may take until that line. */
  startLimitMs: number;
  /** How long it may take to end after it is asked to. */
  stopLimitMs: number;
  onLine?: ((line: string) => void) | undefined;
}

/** A program that serves on a port. It can be started, stopped, killed, frozen and restarted. */
export class ServerProcess {
  private child: ChildProcess | undefined;

  private constructor(private readonly server: ServerCommand) {}

  /** Starts it and waits until it accepts connections. */
  static async start(server: ServerCommand): Promise<ServerProcess> {
    const started = new ServerProcess(server);
    await started.start();
    return started;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.server.name} is not running`);
    return this.child.pid;
  }

  /** Calls the listener once when the current process ends, for whatever reason. */
  onExit(listener: () => void): void {
    this.child?.once('exit', listener);
  }

  /** Asks it to end, and kills it at the limit. */
  async stop(): Promise<void> {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    sendSignal(pid, 'SIGCONT');
    await endProcess(pid, { graceMs: this.server.stopLimitMs });
    this.child = undefined;
  }

  /** Kills it without a chance to clean up. */
  async kill(): Promise<void> {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    sendSignal(pid, 'SIGKILL');
    await waitForExit(pid, this.server.stopLimitMs);
    this.child = undefined;
  }

  /** Stops it from answering; its connections stay open. */
  freeze(): void {
    sendSignal(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    sendSignal(this.pid, 'SIGCONT');
  }

  /** Starts it again with the same command; stops it first if it runs. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private async start(): Promise<void> {
    const { name, command, args, stopLimitMs } = this.server;
    // Its own process group: Ctrl-C in the terminal must not stop it before the processes that use it.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const forget = () => {
      if (this.child === child) this.child = undefined;
    };
    this.child = child;
    child.once('exit', forget).once('error', forget);
    guardProcess(child, { graceMs: stopLimitMs });
    const problem = await this.waitUntilReady(child);
    if (problem === undefined) return;
    await this.kill();
    throw new Error(`${name} did not start: ${problem}`);
  }

  private waitUntilReady(child: ChildProcess): Promise<string | undefined> {
    const { ready, startLimitMs, onLine } = this.server;
    const lines: string[] = [];
    return new Promise((resolve) => {
      const finish = (why: string | undefined) => {
        clearTimeout(limit);
        resolve(why && [why, ...lines].join('\n'));
      };
      const limit = setTimeout(() => finish(`it was not ready after ${startLimitMs} ms`), startLimitMs);
      child.once('error', (error) => finish(error.message));
      child.once('exit', (code, signal) => finish(`it ended with ${signal ?? `code ${code}`}`));
      for (const stream of [child.stdout, child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          if (lines.push(line) > REMEMBERED_LINES) lines.shift();
          if (ready.test(line)) finish(undefined);
          onLine?.(line);
        });
      }
    });
  }
}
