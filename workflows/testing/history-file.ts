import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { projectRoot } from '../../src/local-servers/project-root';

const { History } = temporal.api.history.v1;
export type WorkflowHistory = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

export interface RecordedHistory {
  job: string;
  name: string;
  history: WorkflowHistory;
}

export const historiesFolder = (job: string): string => join(projectRoot, 'workflows', job, 'histories');

/** Writes a history as JSON: enums by name, bytes in base64, 64-bit numbers as text. */
export function writeHistory({ job, name, history }: RecordedHistory): void {
  const plain = History.toObject(History.fromObject(history), {
    enums: String,
    bytes: String,
    longs: String,
  });
  // Stack traces contain the paths of the machine that records them.
  const text = JSON.stringify(plain, null, 1).replaceAll(`${projectRoot}/`, '');
  writeFileSync(join(historiesFolder(job), `${name}.json`), `${text}\n`);
}

/** Reads every recorded history of a job. */
export function readHistories(job: string): RecordedHistory[] {
  return readdirSync(historiesFolder(job))
    .sort()
    .map((file) => ({
      job,
      name: file.replace(/\.json$/, ''),
      history: History.fromObject(JSON.parse(readFileSync(join(historiesFolder(job), file), 'utf8'))),
    }));
}
