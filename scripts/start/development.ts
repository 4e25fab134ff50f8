import { join } from 'node:path';
import { pickPort } from '../../src/local-servers/ports';
import { endProcess } from '../../src/local-servers/processes.cjs';
import { projectRoot } from '../../src/local-servers/project-root';
import { ensureTemporalCli, TemporalCliUnavailableError } from '../../src/local-servers/temporal-cli';
import { startTemporal } from '../../src/local-servers/temporal-server';
import { untilReady } from '../../src/local-servers/until-ready';
import { adopt, duration, fail, note, paint, say, step, warn } from '../setup/steps.cjs';
import { printBanner } from './banner';
import { startDevelopmentDatabase } from './development-database';
import { DevelopmentStack } from './development-stack';
import { LocalData } from './local-data.cjs';
import { ManagedProcess } from './managed-process';
import { RunRecord } from './run-record';
import { runScript } from './run-script';
import { stopOnSignals } from './stop-on-signals';

// A fresh machine compiles and loads for some seconds. After this, the log lines above tell what is wrong.
const READY_LIMIT_MS = 60_000;

// The same as in the images: an export of 300,000 rows needs no more and leaves less garbage.
const WORKER_HEAP_MB = 256;

// The worker reports that it is ready; after this time the start continues without the report.
const WORKER_READY_LIMIT_MS = 20_000;

// A developer does not want to wait as long for an open stream as production does.
const SHUTDOWN_GRACE_MS = 5_000;

// Time beyond the grace period in which a process closes its connections.
const STOP_MARGIN_MS = 5_000;

// Processes of an earlier run get the same time to end cleanly.
const LEFTOVER_LIMIT_MS = 10_000;

// The web client's own development server may use any port of this machine.
const LOCAL_CLIENTS = 'http://localhost:*,http://127.0.0.1:*';

const NO_TEMPORAL =
  'Temporal is not available: product runs, exports and clean-up wait in the outbox until it is';

/** One development system: the data in `.data`, the servers, the API and the worker. */
class Development {
  private readonly data = new LocalData(projectRoot);
  private readonly record = new RunRecord(this.data);
  private readonly stack = new DevelopmentStack((name, pid, ask) => this.record.add(name, pid, ask));
  private readonly env: NodeJS.ProcessEnv;
  private readonly remarks: string[] = [];
  private apiUrl = '';
  private hasWorker = true;

  constructor() {
    this.env = {
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      LOG_FORMAT: 'pretty',
      TEMPORAL_NAMESPACE: 'default',
      SHUTDOWN_GRACE_MS: String(SHUTDOWN_GRACE_MS),
      CORS_ORIGINS: LOCAL_CLIENTS,
      // The user's settings win over all of these; an empty line in .env sets nothing.
      ...Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== '')),
    };
  }

  /** Starts everything. Resolves when it runs, or after it was stopped again. */
  async run(): Promise<void> {
    this.data.assertNotRunning();
    this.data.makeFolder();
    await this.endLeftovers();
    this.record.begin();
    stopOnSignals({ stop: () => this.stop(), kill: () => this.stack.kill() });
    try {
      await this.start();
    } catch (error) {
      if (this.stack.isStopping) return;
      fail((error as Error).message);
      await this.stop();
      process.exit(1);
    }
  }

  private async start(): Promise<void> {
    const startedAt = Date.now();
    this.env.SESSION_SECRET ??= this.data.secrets().sessionSecret;
    this.env.STORAGE_DIR ??= this.data.storageFolder;
    const hasMailProvider = this.env.RESEND_API_KEY !== undefined || this.env.SMTP_URL !== undefined;
    if (!hasMailProvider) this.env.MAIL_FOLDER ??= this.data.mailFolder;
    await this.startDatabase();
    await this.script('Migrating the database', ['migrate']);
    await this.script('Demo district', ['seed-demo', '--force']);
    await this.startTemporal();
    await this.startProcesses();
    if (!this.env.REDIS_URL) {
      this.remarks.push('Redis is optional and not used: REDIS_URL is not set');
    }
    printBanner({
      apiUrl: this.apiUrl,
      temporalUiUrl: this.env.TEMPORAL_UI_URL,
      metricsUrl: `http://localhost:${this.env.METRICS_PORT}/metrics`,
      mailFolder: this.env.MAIL_FOLDER,
      demoLoginsFile: this.data.demoLoginsFile,
      remarks: this.remarks,
    });
    note(`Ready after ${duration(Date.now() - startedAt)}`);
  }

  private async stop(): Promise<void> {
    await this.stack.stop();
    this.record.end();
  }

  private async endLeftovers(): Promise<void> {
    for (const { name, pid, ask } of this.data.leftovers().reverse()) {
      note(`Stopping a process of an earlier run: ${name} (process ${pid})`);
      await endProcess(pid, { ask, graceMs: LEFTOVER_LIMIT_MS });
    }
  }

  private async startDatabase(): Promise<void> {
    if (this.env.DATABASE_URL) return note(`PostgreSQL: ${hostOf(this.env.DATABASE_URL)} (DATABASE_URL)`);
    const port = await pickPortFor('PostgreSQL', 54_329);
    const { server, url } = await step(
      'PostgreSQL',
      () => startDevelopmentDatabase(this.data, port),
      () => `127.0.0.1:${port}`,
    );
    this.stack.addServer('PostgreSQL', server, 'SIGINT');
    this.env.DATABASE_URL = url;
  }

  private async startTemporal(): Promise<void> {
    if (this.env.TEMPORAL_ADDRESS) return note(`Temporal: ${this.env.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)`);
    const port = await pickPortFor('Temporal', 7233);
    const uiPort = await pickPortFor('the Temporal UI', 8233);
    this.env.TEMPORAL_ADDRESS = `127.0.0.1:${port}`;
    try {
      const cli = await step(
        'Temporal CLI',
        (onProgress) => ensureTemporalCli({ onProgress }),
        ({ origin }) => origin,
      );
      const dbFile = this.data.temporalFile;
      const server = await step('Temporal', () => startTemporal({ cli: cli.path, port, uiPort, dbFile }));
      this.stack.addServer('Temporal', server, 'SIGTERM');
      this.record.setTemporalAddress(server.address);
      this.env.TEMPORAL_UI_URL ??= `http://localhost:${uiPort}`;
    } catch (error) {
      if (this.stack.isStopping) throw error;
      warn(
        error instanceof TemporalCliUnavailableError
          ? error.message
          : `Temporal: ${(error as Error).message}`,
      );
      warn(NO_TEMPORAL);
      this.remarks.push(NO_TEMPORAL);
      this.hasWorker = false;
    }
  }

  private async startProcesses(): Promise<void> {
    this.env.WORKER_HEALTH_PORT ??= String(await pickPortFor('the worker’s health', 3001));
    const port = await pickPortFor('the API', Number(this.env.PORT || 3000));
    this.env.METRICS_PORT ??= String(await pickPortFor('the API’s metrics', 9464));
    this.apiUrl = `http://localhost:${port}`;
    this.env.PORT = String(port);
    this.env.PUBLIC_URL ??= this.apiUrl;
    this.record.setApiUrl(this.apiUrl);
    const host = this.env.HOST ?? '';
    const readyUrl = `http://${['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host}:${port}/ready`;
    await step('Starting API and worker', async () => {
      const worker = this.hasWorker
        ? this.startProcess('worker', 'magenta', 'workflows/worker.js', WORKER_HEAP_MB)
        : undefined;
      this.startProcess('API', 'blue', 'src/server.js');
      await Promise.all([this.untilApiReady(readyUrl), worker?.waitUntilReady(WORKER_READY_LIMIT_MS)]);
    });
  }

  private async untilApiReady(readyUrl: string): Promise<void> {
    while (!(await untilReady(readyUrl, READY_LIMIT_MS))) {
      warn(
        `${readyUrl} has not answered 200 for ${duration(READY_LIMIT_MS)}; see the lines above for the reason`,
      );
    }
  }

  private startProcess(
    name: string,
    colour: 'blue' | 'magenta',
    script: string,
    heapMegabytes?: number,
  ): ManagedProcess {
    const prefix = paint(colour, `${name.padEnd(6)} │`);
    const managed = new ManagedProcess({
      name,
      script: join(projectRoot, 'dist', script),
      heapMegabytes,
      env: this.env,
      stopLimitMs: Number(this.env.SHUTDOWN_GRACE_MS) + STOP_MARGIN_MS,
      onLine: (line) => say(`${prefix} ${adopt(line)}`),
      onCrash: (why, pauseMs) => warn(`${name} has stopped (${why}); restarting it in ${duration(pauseMs)}`),
      onStart: (pid) => this.record.add(name, pid, 'SIGTERM'),
    });
    this.stack.add({ name, stop: () => managed.stop(), kill: () => managed.kill() });
    managed.start();
    return managed;
  }

  private async script(label: string, command: readonly string[]): Promise<void> {
    const cli = join(projectRoot, 'dist', 'scripts', 'cli.js');
    await step(label, (progress) => runScript(cli, this.env, progress, command));
    if (this.stack.isStopping) throw new Error('stopped');
  }
}

/** Returns a free port, and says so if the usual one is taken. */
async function pickPortFor(whose: string, wanted: number): Promise<number> {
  const port = await pickPort(wanted);
  if (port !== wanted) warn(`Port ${wanted} is in use, so ${whose} uses port ${port}`);
  return port;
}

// The host and port of an address, without its password.
function hostOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Starts this checkout's development system and keeps it running until it is stopped. */
export async function startDevelopment(): Promise<void> {
  await new Development().run();
}
