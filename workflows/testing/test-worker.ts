import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config';
import { createContainer } from '../../src/container';
import { guardProcess } from '../../src/local-servers/guard';
import { projectRoot } from '../../src/local-servers/project-root';
import { createLogger } from '../../src/platform/logging/logger';
import { testEnv } from '../../src/testing/app';
import type { TestNamespace } from '../../src/testing/temporal';
import { installTemporalRuntime } from '../runtime/temporal-runtime';
import { WorkerProcess } from '../runtime/worker-process';
import { testWorkflowBundle } from './bundle';

/** Starting from the sources takes long on a machine that is busy with other tests. */
const START_LIMIT_MS = 60_000;

/** Tests end sooner than production does. */
const SHUTDOWN_GRACE_MS = '2000';

export interface TestWorkerOptions {
  databaseUrl: string;
  namespace: Pick<TestNamespace, 'env'>;
  env?: Record<string, string>;
}

let hasRuntime = false;

/** Starts a worker in this process. Resolves when it takes work. */
export async function startTestWorker({
  databaseUrl,
  namespace,
  env = {},
}: TestWorkerOptions): Promise<WorkerProcess> {
  const config = loadConfig(testEnv(databaseUrl, { SHUTDOWN_GRACE_MS, ...namespace.env, ...env }));
  const logger = createLogger({ service: 'test-worker', level: config.LOG_LEVEL, format: 'pretty' });
  if (!hasRuntime) installTemporalRuntime(logger);
  hasRuntime = true;
  const container = createContainer({ config, process: 'worker', logger });
  const workflowBundle = await testWorkflowBundle();
  return new Promise((resolve, reject) => {
    const worker = new WorkerProcess({ container, workflowBundle, onRunning: () => resolve(worker) });
    worker.start().catch(reject);
  });
}

/** A worker in its own process, which can be killed. */
export class ChildWorker {
  readonly output: string[] = [];
  private readonly child: ReturnType<typeof fork>;
  private readonly exited: Promise<unknown>;

  private constructor(env: Record<string, string>) {
    this.child = fork(join(projectRoot, 'workflows', 'worker.ts'), [], {
      execArgv: ['--require', join(projectRoot, 'src', 'testing', 'register.cjs')],
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    guardProcess(this.child);
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => this.output.push(String(chunk)));
  }

  /** Starts a worker; `ready` resolves when it takes work. */
  static async start({ databaseUrl, namespace, env = {} }: TestWorkerOptions): Promise<ChildWorker> {
    const { codePath } = await testWorkflowBundle();
    return new ChildWorker(
      testEnv(databaseUrl, { WORKFLOW_BUNDLE: codePath, SHUTDOWN_GRACE_MS, ...namespace.env, ...env }),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Null while it runs, and after it was killed. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** Resolves when it takes work. */
  async ready(): Promise<this> {
    const ended = this.exited.then(() => {
      throw new Error(`The worker ended:\n${this.output.join('')}`);
    });
    await Promise.race([once(this.child, 'message', { signal: AbortSignal.timeout(START_LIMIT_MS) }), ended]);
    ended.catch(() => {});
    return this;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Sends SIGTERM. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }
}
