import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { databaseAccount } from './database-user';
import { guardProcess } from './guard';
import { freePort } from './ports';
import { postgresBinaries } from './postgres-binaries';
import { childrenOf, sendSignal, waitForExit } from './processes.cjs';

export const SUPERUSER = 'postgres';

// Enough for a cold disk and for the recovery after a crash with much to replay; a hanging server takes
// longer.
const START_LIMIT_MS = 60_000;

// A fast shutdown writes one checkpoint. After this time the server is killed, and recovers at its next
// start.
const STOP_LIMIT_MS = 20_000;

// How often the server's status line is read while the server starts.
const POLL_MS = 10;

const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export type StopMode = keyof typeof STOP_SIGNALS;

export interface PostgresOptions {
  dataDir: string;
  /** Any free port if absent. */
  port?: number;
  /** The superuser's password, set when the data folder is created. */
  password: string;
  /** Settings of postgresql.conf. */
  settings?: Record<string, string | number>;
  /** The path of the server's log; `postgres.log` beside the data folder if absent. */
  logFile?: string;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** The superuser's address of the database `postgres`. */
  readonly url: string;
  urlOf(database: string, user?: { name: string; password: string }): string;
  /** Stops the server; the data stays. */
  stop(mode?: StopMode): Promise<void>;
  /** Kills the server and all its connections, like a power cut. */
  kill(): Promise<void>;
  /** Stops the server and its connections from answering; every connection stays open. */
  freeze(): void;
  thaw(): void;
  /** Starts the server again on the same port, after `stop` or `kill`; stops it first if it runs. */
  restart(): Promise<void>;
  /** Calls the listener once when the current process ends, for whatever reason. */
  onExit(listener: () => void): void;
}

/** Creates the data folder of a new server, with UTF-8 and ICU sorting on every platform. */
async function initialise({ dataDir, password }: PostgresOptions): Promise<void> {
  const account = databaseAccount();
  // The folder is created beside its place and moved when it is complete, so that the place never holds
  // half a folder.
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  const files = ['--pgdata', unfinished, '--pwfile', passwordFile, '--no-sync', '--no-instructions'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=und'];
  const access = ['--username', SUPERUSER, '--auth=scram-sha-256'];
  try {
    const initdb = join(postgresBinaries(), 'initdb');
    await promisify(execFile)(initdb, [...files, ...locale, ...access], { ...account, cwd: unfinished });
    renameSync(unfinished, dataDir);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`PostgreSQL could not make its data folder: ${(cause as Error).message}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Starts a separate PostgreSQL server, and creates its data folder if there is none. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  if (!existsSync(options.dataDir)) await initialise(options);
  const server = new EmbeddedPostgres(options, options.port ?? (await freePort()));
  await server.start();
  return server;
}

class EmbeddedPostgres implements PostgresServer {
  private process: ChildProcess | undefined;
  private isFrozen = false;

  constructor(
    private readonly options: PostgresOptions,
    readonly port: number,
  ) {}

  get pid(): number {
    if (this.process?.pid === undefined) throw new Error('This PostgreSQL server is not running');
    return this.process.pid;
  }

  get url(): string {
    return this.urlOf('postgres');
  }

  urlOf(database: string, user = { name: SUPERUSER, password: this.options.password }): string {
    return `postgresql://${user.name}:${encodeURIComponent(user.password)}@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    const logFile = this.options.logFile ?? join(this.options.dataDir, '..', 'postgres.log');
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(join(postgresBinaries(), 'postgres'), this.arguments(), {
      ...databaseAccount(),
      cwd: this.options.dataDir,
      // Its own process group: Ctrl-C in the terminal must not stop it before the processes that use it.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.process = child;
    const forget = () => {
      if (this.process === child) this.process = undefined;
    };
    child.once('exit', forget).once('error', forget);
    guardProcess(child, { ask: STOP_SIGNALS.fast, graceMs: STOP_LIMIT_MS });
    await this.waitUntilReady(child, logFile);
  }

  async stop(mode: StopMode = 'fast'): Promise<void> {
    const child = this.process;
    if (child?.pid === undefined) return;
    this.thaw();
    sendSignal(child.pid, STOP_SIGNALS[mode]);
    if (!(await waitForExit(child.pid, STOP_LIMIT_MS))) await this.kill();
    await collected(child);
    this.process = undefined;
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (child?.pid === undefined) return;
    const all = [child.pid, ...childrenOf(child.pid)];
    for (const one of all) sendSignal(one, 'SIGKILL');
    await Promise.all(all.map((one) => waitForExit(one, STOP_LIMIT_MS)));
    await collected(child);
    this.process = undefined;
    this.isFrozen = false;
  }

  freeze(): void {
    // The parent is stopped first, because it could start another child while the children are stopped one
    // by one.
    sendSignal(this.pid, 'SIGSTOP');
    for (const child of childrenOf(this.pid)) sendSignal(child, 'SIGSTOP');
    this.isFrozen = true;
  }

  thaw(): void {
    if (!this.isFrozen) return;
    for (const one of [...childrenOf(this.pid), this.pid]) sendSignal(one, 'SIGCONT');
    this.isFrozen = false;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  onExit(listener: () => void): void {
    this.process?.once('exit', listener);
  }

  private arguments(): string[] {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      // TCP only, because a socket file in /tmp could collide with another server's.
      unix_socket_directories: '',
      ...this.options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return ['-D', this.options.dataDir, ...flags];
  }

  private async waitUntilReady(child: ChildProcess, logFile: string): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (!isReady(this.options.dataDir, child.pid)) {
      if (this.process !== child || Date.now() > end) {
        await this.kill();
        throw new Error(`PostgreSQL did not start:\n${lastLines(logFile)}`);
      }
      await sleep(POLL_MS);
    }
  }
}

// A process that has ended keeps its PID until it is collected. The next server would then think that the
// owner of the lock file still runs.
async function collected(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

// The server writes its PID into the first line of the file, and its state into the eighth.
function isReady(dataDir: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
