import path from 'node:path';
import { Piscina } from 'piscina';
import { RateLimitedError, UnavailableError } from '../../shared/errors';
import type { Logger } from '../logging/logger';
import type { SchemaAnswer, SchemaTask } from './json-schema.types';

/** The compiler takes 15 MB, its cache 16; the rest is room for one task. Beyond it the thread ends. */
const MEMORY = { maxOldGenerationSizeMb: 72, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** An idle thread gives its memory back. */
const IDLE_MS = 60_000;
/** Loading the compiler, on a machine that is busy. */
const START_MS = 20_000;
/** One task: ten times what the largest honest one takes. */
const TASK_MS = 2_000;
/** Tasks in line. With more, each would wait longer than a request may. */
const MAX_WAITING = 64;

/** A task that took too long or too much memory; its thread is gone. */
export class TaskEndedError extends Error {}

export interface SchemaThreadOptions {
  logger: Logger;
  /** Tasks that one person may have in line, so that nobody fills it alone. */
  maxPerPerson: number;
  /** How long one task may take, in milliseconds; two seconds unless told. */
  taskMs?: number;
}

/** From TypeScript, as in tests and scripts, the thread compiles what it loads as its parent does. */
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

  /** How many threads there are now: none before the first task and after a quiet minute. */
  get threads(): number {
    return this.pool?.threads.length ?? 0;
  }

  /**
   * Does a task in its turn.
   * @param person whose task it is; null for the system's own.
   * @throws TaskEndedError, RateLimitedError for a person who has too many in line, UnavailableError
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
    // A task's time begins once there is a thread to do it.
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
      // Nothing of the process's environment is the business of an author's schema.
      env: {},
      execArgv: FROM_SOURCE ? ['--require', REGISTER] : [],
      // A thread that waits for the next task by blocking could not be ended in order.
      atomics: 'disabled',
      recordTiming: false,
    });
    pool.on('error', (error) => this.options.logger.warn('a schema thread stopped', { error }));
    return pool;
  }
}
