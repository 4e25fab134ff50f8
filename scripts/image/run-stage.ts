import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { startPostgres } from '../../src/local-servers/postgres';
import { endProcess, sendSignal, waitForExit } from '../../src/local-servers/processes.cjs';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { ensureTemporalCli } from '../../src/local-servers/temporal-cli';
import { startTemporal } from '../../src/local-servers/temporal-server';
import { untilReady } from '../../src/local-servers/until-ready';
import { type ImageSettings, readDockerfile, settingsOf } from './dockerfile';
import { runInSandbox, startInSandbox } from './sandbox';

/** The ports that the images and the compose file name; this network has nobody else in it. */
const API_PORT = 3000;
const WORKER_PORT = 9465;
const PORTS_OF: Readonly<Record<string, number[]>> = {
  api: [API_PORT],
  worker: [WORKER_PORT],
  'all-in-one': [API_PORT, WORKER_PORT],
};
const NODE_USER = 1000;
/** Compose gives up after `start_period`; so do we. */
const START_LIMIT_MS = 60_000;
/** `stop_grace_period` of the compose file. */
const STOP_LIMIT_MS = 30_000;

export const ADMIN = { email: 'operator@image.example', password: 'three dry herons by a lake' };

export interface Services {
  databaseUrl: string;
  temporalAddress: string;
  stop(): Promise<void>;
}

/** PostgreSQL and Temporal, as the containers beside ours. */
export async function startServices(): Promise<Services> {
  const scratch = makeScratchFolder();
  const password = 'only-in-this-network';
  const postgres = await startPostgres({ dataDir: join(scratch.path, 'postgres'), password });
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE ROLE raptscallions LOGIN PASSWORD '${password}'`);
  await client.query('CREATE DATABASE raptscallions OWNER raptscallions');
  await client.end();
  const { path: cli } = await ensureTemporalCli();
  const temporal = await startTemporal({ cli });
  return {
    databaseUrl: postgres.urlOf('raptscallions', { name: 'raptscallions', password }),
    temporalAddress: temporal.address,
    stop: async () => {
      await temporal.stop();
      await postgres.stop();
      scratch.remove();
    },
  };
}

/** A container of one of the targets. */
export class Container {
  private readonly settings: ImageSettings;
  private readonly image: string;
  private child: ChildProcess | null = null;
  private readonly lines: string[] = [];
  private exited: Promise<number> = Promise.resolve(0);

  constructor(
    work: string,
    dockerfile: string,
    readonly target: string,
    private readonly env: Record<string, string>,
    private readonly data = makeVolume(work),
  ) {
    this.settings = settingsOf(readDockerfile(dockerfile), target);
    this.image = join(work, target);
  }

  /** Runs its command to the end. @returns what it printed. */
  run(command = this.settings.command): Promise<string> {
    return runInSandbox(this.options(), command);
  }

  start(): void {
    const child = startInSandbox(this.options(), this.settings.command);
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  }

  /** Until its own health check passes. @returns milliseconds. @throws Error with its log. */
  async healthy(limitMs = START_LIMIT_MS): Promise<number> {
    const startedAt = Date.now();
    for (const port of PORTS_OF[this.target] ?? [])
      if (!(await untilReady(`http://127.0.0.1:${port}/ready`, limitMs))) throw this.problem('is not ready');
    const took = Date.now() - startedAt;
    await this.checkHealth();
    return took;
  }

  /** The image's HEALTHCHECK, run inside. @throws Error when it fails. */
  async checkHealth(): Promise<void> {
    await this.run(this.settings.healthcheck);
  }

  /** Now, and the most it has ever been, in MB, with all the processes below it. */
  memory(): { nowMb: number; peakMb: number } {
    return this.pids().reduce(
      (sum, pid) => {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const mb = (name: string) =>
          Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
        return { nowMb: sum.nowMb + mb('VmRSS'), peakMb: sum.peakMb + mb('VmHWM') };
      },
      { nowMb: 0, peakMb: 0 },
    );
  }

  /**
   * Ends one of its processes at once, as running out of memory would.
   * @param script of the one that is meant.
   * @returns with what the container ended because of it.
   */
  async loseProcess(script: string): Promise<number> {
    const pid = this.pids().find((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes(script));
    if (pid === undefined) throw this.problem(`has no process ${script}`);
    process.kill(pid, 'SIGKILL');
    const code = await this.exited;
    this.child = null;
    return code;
  }

  /** SIGTERM, as the container runtime sends it. @returns how long it took. @throws Error unless it ended with 0. */
  async stop(): Promise<number> {
    const { child } = this;
    if (child?.pid === undefined) return 0;
    const startedAt = Date.now();
    this.child = null;
    const outcome = await endProcess(child.pid, { graceMs: STOP_LIMIT_MS });
    const code = await this.exited;
    if (outcome === 'killed' || code !== 0) throw this.problem(`ended with ${code}, ${outcome}`);
    return Date.now() - startedAt;
  }

  /** Ends it whatever it does, after a failure. */
  async remove(): Promise<void> {
    // All of them at once: what outlives the first process would keep our pipes open.
    const pids = this.pids();
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    await Promise.all(pids.map((pid) => waitForExit(pid, STOP_LIMIT_MS)));
  }

  private pids(): number[] {
    const pid = this.child?.pid;
    if (pid === undefined) return [];
    const children = (of: number): number[] =>
      readFileSync(`/proc/${of}/task/${of}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    const all = (of: number): number[] => [of, ...children(of).flatMap(all)];
    return all(pid);
  }

  private problem(what: string): Error {
    return new Error(`${this.target} ${what}:\n${this.lines.slice(-20).join('\n')}`);
  }

  private options() {
    return {
      image: this.image,
      as: 'container' as const,
      writable: { '/data': this.data },
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...this.settings.env,
        ...this.env,
      },
    };
  }
}

/** The volume that API and worker share; a fresh one belongs to the image's user. */
function makeVolume(work: string): string {
  const folder = join(work, 'volume');
  mkdirSync(join(folder, 'storage'), { recursive: true });
  for (const path of [folder, join(folder, 'storage')]) chownSync(path, NODE_USER, NODE_USER);
  return folder;
}

/** @throws Error when the container can write where it should not, or runs as root. */
export async function assertConfined(container: Container): Promise<void> {
  const script = `
    const fs = require('node:fs');
    const writable = ['/', '/app', '/app/dist', '/app/node_modules', '/etc', '/usr/local'].filter((folder) => {
      try { fs.writeFileSync(folder + '/written', ''); return true; } catch { return false; }
    });
    for (const folder of ['/tmp', '/data/storage']) { fs.writeFileSync(folder + '/written', ''); fs.rmSync(folder + '/written'); }
    console.log(JSON.stringify({ uid: process.getuid(), writable, capabilities: /CapBnd:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] }));`;
  const found = JSON.parse(await container.run(['node', '-e', script]));
  if (found.uid === 0 || found.writable.length > 0 || !/^0+$/.test(found.capabilities))
    throw new Error(`the container is not confined: ${JSON.stringify(found)}`);
}
