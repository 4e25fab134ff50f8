import { performance } from 'node:perf_hooks';
import { loadConfig } from '../../src/config/config';
import { createContainer } from '../../src/container';
import { sql } from '../../src/platform/db/sql';
import { newId } from '../../src/shared/ids';
import { idOf } from './dataset';

/** Rows are counted per second, so that the first and the last second can be compared. */
const SLICE_MS = 1_000;

/**
 * Does what a worker does with one export of the whole district, without Temporal. Prints the rows a second
 * and the peak memory.
 */
async function main(kind: string, format: string): Promise<void> {
  const container = createContainer({ config: loadConfig(), process: 'worker' });
  await container.start();
  const { db } = container.platform;
  const { execution } = container.exports;
  const id = newId();
  await db.execute(sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, group_id)
    VALUES (${id}::uuid, ${idOf('group', 0)}::uuid, ${idOf('user', 0)}::uuid, ${kind}, ${format}, ${idOf('group', 0)}::uuid)`);
  const begun = performance.now();
  let progress = await execution.begin(id);
  const counted = performance.now();
  const rates: number[] = [];
  const { signal } = new AbortController();
  while (progress.state === 'running' && !progress.rowsComplete) {
    const [before, since] = [progress.rows, performance.now()];
    progress = await execution.writeRows(id, { signal, onPart: () => {}, sliceMs: SLICE_MS });
    rates.push(Math.round((progress.rows - before) / ((performance.now() - since) / 1000)));
  }
  const written = performance.now();
  progress = await execution.finish(id);
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  console.log(
    `| ${kind} | ${format} | ${progress.rows} | ${seconds(begun, counted)} | ${seconds(counted, written)} | ${Math.round(progress.rows / ((written - counted) / 1000))} | ${rates[0]} / ${rates.at(-2) ?? rates.at(-1)} | ${seconds(written, performance.now())} | ${Math.round(process.resourceUsage().maxRSS / 1024)} |`,
  );
  await container.stop();
}

void main(process.argv[2] ?? 'submissions', process.argv[3] ?? 'csv');
