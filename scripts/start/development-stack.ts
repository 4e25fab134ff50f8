import { setTimeout as sleep } from 'node:timers/promises';
import { duration, note, paint, say, warn } from '../setup/steps.cjs';

// A program that keeps ending right after its start must not be restarted in a tight loop.
const RESTART_PAUSE_MS = 2_000;

export interface Part {
  name: string;
  stop(): Promise<unknown>;
  kill(): unknown;
}

interface Server extends Omit<Part, 'name'> {
  readonly pid: number;
  restart(): Promise<void>;
  onExit(listener: () => void): void;
}

/** The parts of a development system, in the order in which they were started. */
export class DevelopmentStack {
  private readonly parts: Part[] = [];
  private stopping: Promise<void> | undefined;

  constructor(private readonly recordProcess: (name: string, pid: number, ask: NodeJS.Signals) => void) {}

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  add(part: Part): void {
    this.parts.push(part);
  }

  /** Adds a running server, and restarts it whenever it ends by itself. */
  addServer(name: string, server: Server, ask: NodeJS.Signals): void {
    this.add({ name, stop: () => server.stop(), kill: () => server.kill() });
    this.watch(name, server, ask);
  }

  /** Stops everything, the last started part first; each part ends before the parts that it needs. */
  stop(): Promise<void> {
    this.stopping ??= this.stopParts();
    return this.stopping;
  }

  /** Ends everything at once. */
  kill(): void {
    for (const part of this.parts) part.kill();
  }

  private async stopParts(): Promise<void> {
    for (const part of [...this.parts].reverse()) {
      const started = Date.now();
      const outcome = await part.stop();
      const took = paint('dim', duration(Date.now() - started));
      if (outcome === 'killed') warn(`${part.name} did not stop in time and was killed ${took}`);
      else say(`${paint('green', '✓')} ${part.name} stopped ${took}`);
    }
  }

  private watch(name: string, server: Server, ask: NodeJS.Signals): void {
    this.recordProcess(name, server.pid, ask);
    server.onExit(() => {
      if (!this.isStopping) void this.startAgain(name, server, ask);
    });
  }

  private async startAgain(name: string, server: Server, ask: NodeJS.Signals): Promise<void> {
    warn(`${name} has stopped unexpectedly; restarting it in ${duration(RESTART_PAUSE_MS)}`);
    await sleep(RESTART_PAUSE_MS);
    if (this.isStopping) return;
    try {
      await server.restart();
      note(`${name} is running again`);
      this.watch(name, server, ask);
    } catch (error) {
      warn((error as Error).message);
      await this.startAgain(name, server, ask);
    }
  }
}
