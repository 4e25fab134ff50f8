import { startTimeOf } from '../../src/local-servers/processes.cjs';
import type { LocalData } from './local-data.cjs';

type Run = Parameters<LocalData['writeRun']>[0];

/** Records which processes run, so that the next start finds those that this run could not stop. */
export class RunRecord {
  private readonly run: Run = { pid: process.pid, startTime: startTimeOf(process.pid), processes: [] };

  constructor(private readonly data: LocalData) {}

  begin(): void {
    this.data.writeRun(this.run);
  }

  add(name: string, pid: number, ask: NodeJS.Signals): void {
    // A restarted process replaces its predecessor.
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
