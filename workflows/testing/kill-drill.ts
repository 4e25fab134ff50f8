import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runToolContract } from '../../src/features/runs/runs.contract';
import { sql } from '../../src/platform/db/sql';
import { type ModelScript, model } from '../../src/testing/fake-model-server';
import type { TestNamespace } from '../../src/testing/temporal';
import { OUTPUT, type RunScene } from './run-scene';
import { ChildWorker } from './test-worker';

export interface DrillReport {
  kills: number;
  runs: number;
  /** Runs, by their final state. */
  states: Record<string, number>;
  /** Runs that do not have exactly one recorded end. */
  notEndedOnce: number;
  /** Steps of a run for which more than one call was settled as succeeded. */
  settledTwice: number;
  /** Calls that were never settled. */
  unsettled: number;
  /** Calls that a kill aborted. */
  brokenOff: number;
  /** Workflows by their status in Temporal. */
  workflows: Record<string, number>;
  seconds: number;
}

const CountsRow = z.object({
  notEndedOnce: z.number(),
  settledTwice: z.number(),
  unsettled: z.number(),
  brokenOff: z.number(),
});
const StateRow = z.object({ state: z.string(), count: z.number() });

/** After the last kill: heartbeats time out, and attempts are repeated with pauses between them. */
const SETTLE_LIMIT_MS = 120_000;
const RUNS_PER_KILL = 3;
/** With more unfinished runs every kill could hit the same run, and a user may only have this many. */
const MAX_UNFINISHED = 9;
/** A kill comes at a random moment within this time after a model has begun to answer. */
const LATEST_KILL_MS = 1_500;

/** Answers as slowly as a model does; every third run gets an answer that must be repaired. */
function slowModel(): ModelScript {
  let asked = 0;
  return (reply) => {
    const isRepair = reply.request.body.messages.length > 2;
    if (!isRepair) asked += 1;
    const text = JSON.stringify(
      !isRepair && asked % 3 === 0 ? { wrong: 'this does not fit the schema at all' } : OUTPUT,
    );
    return model.says(text, { everyMs: 300 })(reply);
  };
}

/** Kills the worker (`kill -9`) in the middle of runs, again and again, and counts how the runs end. */
export async function killDrill(
  scene: RunScene,
  namespace: TestNamespace,
  kills: number,
  tell: (line: string) => void = () => {},
): Promise<DrillReport> {
  const startedAt = Date.now();
  scene.model.fallback = slowModel();
  const options = { databaseUrl: scene.databaseUrl, namespace, env: scene.env };
  const ids: string[] = [];
  let worker = await (await ChildWorker.start(options)).ready();
  // The next worker starts while this one works, to save time.
  for (let kill = 1; kill <= kills; kill += 1) {
    const next = ChildWorker.start(options);
    while ((await countUnfinished(scene)) > MAX_UNFINISHED) await sleep(100);
    const before = scene.model.requests.length;
    for (let i = 0; i < RUNS_PER_KILL; i += 1) ids.push(await scene.createRun(`kill ${kill}`));
    while (scene.model.requests.length === before) await sleep(10);
    const delayMs = Math.round(Math.random() * LATEST_KILL_MS);
    await sleep(delayMs);
    await worker.kill();
    tell(`kill ${kill} of ${kills}, ${delayMs} ms into a run`);
    worker = await (await next).ready();
  }
  await Promise.all(ids.map((id) => scene.untilEnded(id, SETTLE_LIMIT_MS)));
  const report = {
    kills,
    runs: ids.length,
    ...(await countOutcomes(scene, ids)),
    workflows: await countWorkflows(namespace, ids),
  };
  await worker.stop();
  return { ...report, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

async function countUnfinished(scene: RunScene): Promise<number> {
  return scene.app.container.platform.db.execute(
    sql`SELECT 1 FROM runs WHERE state IN ('queued', 'running')`,
  );
}

async function countOutcomes(scene: RunScene, ids: readonly string[]) {
  const { db } = scene.app.container.platform;
  const runIds = sql`${[...ids]}::uuid[]`;
  const counts = await db.row(
    sql`SELECT (SELECT count(*) FROM unnest(${runIds}) AS r(id)
                WHERE 1 <> (SELECT count(*) FROM audit_events a WHERE a.subject_id = r.id AND a.action = 'run.ended')) AS "notEndedOnce",
               (SELECT count(*) FROM (SELECT 1 FROM ai_calls WHERE run_id = ANY(${runIds}) AND state = 'succeeded'
                                      GROUP BY run_id, purpose HAVING count(*) > 1) twice) AS "settledTwice",
               (SELECT count(*) FROM ai_calls WHERE run_id = ANY(${runIds}) AND state = 'pending') AS unsettled,
               (SELECT count(*) FROM ai_calls WHERE run_id = ANY(${runIds}) AND state = 'aborted') AS "brokenOff"`,
    CountsRow,
  );
  const states = await db.rows(
    sql`SELECT state, count(*) FROM runs WHERE id = ANY(${runIds}) GROUP BY state`,
    StateRow,
  );
  return {
    ...CountsRow.parse(counts),
    states: Object.fromEntries(states.map(({ state, count }) => [state, count])),
  };
}

async function countWorkflows(
  namespace: TestNamespace,
  runIds: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const runId of runIds) {
    const handle = namespace.client.workflow.getHandle(runToolContract.workflowId({ runId }));
    await handle.result().catch(() => {});
    const { status } = await handle.describe();
    counts[status.name] = (counts[status.name] ?? 0) + 1;
  }
  return counts;
}
