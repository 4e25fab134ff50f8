import { AppError, ConflictError, type FieldIssue } from '../../shared/errors';
import { contentHash, type JsonObject } from '../../shared/json';
import type { Logger } from '../logging/logger';
import type { SchemaAnswer, SchemaTask } from './json-schema.types';
import { SchemaThread, TaskEndedError } from './schema-thread';

/** Checks wait inside a request's transaction, which holds a connection, so a user may have two at a time. */
const MAX_CHECKS_PER_PERSON = 2;
/** Enough for a client that starts several runs at once. */
const MAX_VALUES_PER_PERSON = 5;

const TOO_COMPLEX: FieldIssue = {
  path: '',
  reason: 'too_complex',
  message: 'is too large or too deep to be checked with this schema',
};

/** A schema that was stored before today's limits. */
export class SchemaUnusableError extends ConflictError {
  constructor(issues: readonly FieldIssue[]) {
    super(
      'schema.unusable',
      'The schema of this tool is beyond what a schema may be. Ask its author to make it smaller.',
      { issues },
    );
  }
}

/** The schema requires more than a sample may hold. */
export class NoSampleError extends Error {}

/**
 * Does all work with authors' JSON Schemas (draft 7): one compiler, one budget, and no work on the
 * process's own thread. Definitions are checked separately from values, so that authors do not delay
 * students.
 */
export class JsonSchemas {
  readonly definitions: SchemaThread;
  readonly values: SchemaThread;
  /** A version's schema is the same object while it is cached. */
  private readonly hashes = new WeakMap<JsonObject, string>();

  constructor(logger: Logger) {
    this.definitions = new SchemaThread({ logger, maxPerPerson: MAX_CHECKS_PER_PERSON });
    this.values = new SchemaThread({ logger, maxPerPerson: MAX_VALUES_PER_PERSON });
  }

  /**
   * Returns what an author must change before these schemas, all of one definition, are accepted. Paths
   * begin with the name: `input_schema.properties.age`.
   * @throws RateLimitedError, UnavailableError
   */
  async check(
    schemas: Readonly<Record<string, JsonObject>>,
    person: string | null,
  ): Promise<readonly FieldIssue[]> {
    const names = Object.keys(schemas);
    if (names.length === 0) return [];
    const message = 'is too complex to be checked: simplify the schema';
    const tooComplex = names.map((path) => ({ path, reason: 'too_complex', message }));
    const answer = await this.ask(this.definitions, { kind: 'check', schemas }, person);
    return answer === null ? tooComplex : issuesOf(answer);
  }

  /**
   * Returns where a value does not match a stored schema, at most 50 issues. Paths begin at the value:
   * `.topics[2]`.
   * @throws SchemaUnusableError, RateLimitedError, UnavailableError
   */
  async validate(schema: JsonObject, value: unknown, person: string | null): Promise<readonly FieldIssue[]> {
    const hash = this.hashes.get(schema) ?? contentHash(schema);
    this.hashes.set(schema, hash);
    const answer = await this.ask(this.values, { kind: 'validate', hash, schema, value }, person);
    return answer === null ? [TOO_COMPLEX] : issuesOf(answer);
  }

  /** Returns a value that matches a schema, always the same one. @throws NoSampleError, UnavailableError */
  async sample(schema: JsonObject): Promise<unknown> {
    const answer = await this.ask(this.values, { kind: 'sample', schema }, null);
    if (answer?.kind !== 'sample') throw new NoSampleError();
    return answer.value;
  }

  async close(): Promise<void> {
    await Promise.all([this.definitions.close(), this.values.close()]);
  }

  /** Returns the answer; null if the task took too much time or memory. */
  private async ask(
    thread: SchemaThread,
    task: SchemaTask,
    person: string | null,
  ): Promise<SchemaAnswer | null> {
    try {
      return await thread.run(task, person);
    } catch (error) {
      if (error instanceof TaskEndedError) return null;
      throw error;
    }
  }
}

function issuesOf(answer: SchemaAnswer): readonly FieldIssue[] {
  if (answer.kind === 'refused') throw new SchemaUnusableError(answer.issues);
  if (answer.kind !== 'issues') throw new AppError('internal', 'A schema was not checked.');
  return answer.issues;
}
