import path from 'node:path';
import { Piscina } from 'piscina';
import { RateLimitedError, UnavailableError } from '../../shared/errors';
import type { Logger } from '../logging/logger';
import type { SchemaAnswer, SchemaTask } from './json-schema.types';

/** The compiler takes 15 MB and its cache 16; the rest is room for one task. With more, the thread ends. */
const MEMORY = { maxOldGenerationSizeMb: 72, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** An idle thread ends after this time, to free its memory. */
const IDLE_MS = 60_000;
/** How long loading the compiler may take, on a busy machine. */
const START_MS = 20_000;
/** The limit of one task: ten times what the largest normal one takes. */
const TASK_MS = 2_000;
/** The most waiting tasks. With more, each would wait longer than a request may. */
const MAX_WAITING = 64;

/** A task took too long or too much memory; its thread was ended. */
export class TaskEndedError extends Error {}

export interface SchemaThreadOptions {
  logger: Logger;
  /** How many waiting tasks one person may have, so that nobody fills the queue alone. */
  maxPerPerson: number;
  /** How long one task may take, in milliseconds; two seconds by default. */
  taskMs?: number;
}

/**
 * If this runs from TypeScript, as in tests and scripts, the thread compiles what it loads like its parent.
 */
const FROM_SOURCE = __filename.endsWith('.ts');
const FILE = path.join(__dirname, `json-schema.thread${FROM_SOURCE ? '.ts' : '.js'}`);
const REGISTER = path.join(__dirname, '../../testing/register.cjs');

/** One thread that does one task at a time, with limits on time and memory. It starts with the first task. */
export class SchemaThread {
  private pool: Piscina<SchemaTask, SchemaAnswer> | null = null;
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly byPerson = new Map<string, number>();
  private closed = false;

  constructor(private readonly options: SchemaThreadOptions) {}

  /** The number of threads now: none before the first task and after a quiet minute. */
  get threads(): number {
    return this.pool?.threads.length ?? 0;
  }

  /**
   * Does a task when its turn comes.
   * @param person the owner of the task; null for the system
   * @throws TaskEndedError, RateLimitedError for a person who has too many waiting, UnavailableError
   */
  async run(task: SchemaTask, person: string | null): Promise<SchemaAnswer> {
    if (this.closed || this.waiting >= MAX_WAITING) throw new UnavailableError('schema', 1);
    const key = person ?? '';
    const own = this.byPerson.get(key) ?? 0;
    if (person !== null && own >= this.options.maxPerPerson) {
      throw new RateLimitedError({ limit: 'schema-checks', retryAfterSeconds: 1, reason: 'schema.busy' });
    }
    this.waiting += 1;
    this.byPerson.set(key, own + 1);
    const turn = this.tail.then(() => this.perform(task));
    this.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
      const left = (this.byPerson.get(key) ?? 1) - 1;
      if (left > 0) this.byPerson.set(key, left);
      else this.byPerson.delete(key);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.pool?.destroy();
  }

  private async perform(task: SchemaTask): Promise<SchemaAnswer> {
    if (this.closed) throw new UnavailableError('schema', 1);
    this.pool ??= this.createPool();
    // A task's time begins when a thread is ready to do it.
    if (this.threads === 0) await this.within(START_MS, { kind: 'ready' });
    return this.within(this.options.taskMs ?? TASK_MS, task);
  }

  private async within(limitMs: number, task: SchemaTask): Promise<SchemaAnswer> {
    const pool = this.pool as Piscina<SchemaTask, SchemaAnswer>;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), limitMs);
    try {
      return await pool.run(task, { signal: controller.signal });
    } catch (error) {
      const isOutOfMemory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!controller.signal.aborted && !isOutOfMemory) throw error;
      this.options.logger.warn('a schema check used too much time or memory', {
        task: task.kind,
        isOutOfMemory,
      });
      throw new TaskEndedError(isOutOfMemory ? 'out of memory' : 'out of time');
    } finally {
      clearTimeout(timer);
    }
  }

  private createPool(): Piscina<SchemaTask, SchemaAnswer> {
    const pool = new Piscina<SchemaTask, SchemaAnswer>({
      filename: FILE,
      name: 'run',
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      resourceLimits: MEMORY,
      // An author's schema must not see the process's environment.
      env: {},
      execArgv: FROM_SOURCE ? ['--require', REGISTER] : [],
      // A thread that blocks while it waits for the next task could not be ended in order.
      atomics: 'disabled',
      recordTiming: false,
    });
    pool.on('error', (error) => this.options.logger.warn('a schema thread stopped', { error }));
    return pool;
  }
}
