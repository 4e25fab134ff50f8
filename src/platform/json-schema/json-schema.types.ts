import type { FieldIssue } from '../../shared/errors';
import type { JsonObject } from '../../shared/json';

/** A task for a thread. */
export type SchemaTask =
  | { kind: 'ready' }
  | { kind: 'check'; schemas: Readonly<Record<string, JsonObject>> }
  | { kind: 'validate'; hash: string; schema: JsonObject; value: unknown }
  | { kind: 'sample'; schema: JsonObject };

/** A thread's answer. Errors lose their class on the way between threads, so they travel as data. */
export type SchemaAnswer =
  | { kind: 'done' }
  | { kind: 'issues'; issues: FieldIssue[] }
  /** The stored schema itself is refused. */
  | { kind: 'refused'; issues: readonly FieldIssue[] }
  | { kind: 'sample'; value: unknown }
  | { kind: 'sample_too_large' };
