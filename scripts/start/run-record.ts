import { startTimeOf } from '../../src/local-servers/processes.cjs';
import type { LocalData } from './local-data.cjs';

type Run = Parameters<LocalData['writeRun']>[0];

/** Writes down which processes run, so that the next start finds those that this one could not stop. */
export class RunRecord {
  private readonly run: Run = { pid: process.pid, startTime: startTimeOf(process.pid), processes: [] };

  constructor(private readonly data: LocalData) {}

  begin(): void {
    this.data.writeRun(this.run);
  }

  add(name: string, pid: number, ask: NodeJS.Signals): void {
    // A process that was started again takes the place of the one before.
    this.run.processes = this.run.processes.filter((known) => known.name !== name);
    this.run.processes.push({ name, pid, startTime: startTimeOf(pid), ask });
    this.data.writeRun(this.run);
  }

  setApiUrl(apiUrl: string): void {
    this.run.apiUrl = apiUrl;
    this.data.writeRun(this.run);
  }

  setTemporalAddress(address: string): void {
    this.run.temporalAddress = address;
    this.data.writeRun(this.run);
  }

  end(): void {
    this.data.removeRun();
  }
}
