import type { FieldIssue } from '../../shared/errors';
import type { JsonObject } from '../../shared/json';

/** What a thread is asked. */
export type SchemaTask =
  | { kind: 'ready' }
  | { kind: 'check'; schemas: Readonly<Record<string, JsonObject>> }
  | { kind: 'validate'; hash: string; schema: JsonObject; value: unknown }
  | { kind: 'sample'; schema: JsonObject };

/** What it answers: errors lose what they are on their way between threads, so they travel as data. */
export type SchemaAnswer =
  | { kind: 'done' }
  | { kind: 'issues'; issues: FieldIssue[] }
  /** The stored schema itself is refused. */
  | { kind: 'refused'; issues: readonly FieldIssue[] }
  | { kind: 'sample'; value: unknown }
  | { kind: 'sample_too_large' };
