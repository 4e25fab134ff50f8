import { attackWithDefinitions } from '../../src/testing/hostile-requests';
import { createTestNamespace } from '../../src/testing/temporal';
import { exportDrill } from './export-drill';
import { killDrill } from './kill-drill';
import { outageDrill } from './outage-drill';
import { outboxDrill } from './outbox-drill';
import { RunScene } from './run-scene';

type Tell = (line: string) => void;

export interface Drill {
  /** What is done to the system, and what the result must be. */
  what: string;
  /** The default number of rounds. */
  rounds: number;
  run(rounds: number, tell: Tell): Promise<{ report: object; passed: boolean }>;
}

const outages = (victim: 'temporal' | 'postgres') => async (rounds: number, tell: Tell) => {
  const report = await outageDrill(victim, rounds, tell);
  return { report, passed: report.different.length === 0 && report.workerSurvived };
};

/** Every drill, by its name in `npm run drill -- <name>`. */
export const DRILLS: Readonly<Record<string, Drill>> = {
  worker: {
    what: 'The worker is killed in the middle of product runs: each ends once',
    rounds: 20,
    run: async (rounds, tell) => {
      const [scene, namespace] = [await RunScene.create(), await createTestNamespace()];
      const report = await killDrill(scene, namespace, rounds, tell);
      await namespace.close();
      await scene.close();
      const { notEndedOnce, settledTwice, unsettled, states, runs } = report;
      return { report, passed: notEndedOnce + settledTwice + unsettled === 0 && states.succeeded === runs };
    },
  },
  export: {
    what: 'The worker is killed in the middle of an export of 50,000 rows: the same file each time',
    rounds: 20,
    run: async (rounds, tell) => {
      const namespace = await createTestNamespace();
      const report = await exportDrill(namespace, { kills: rounds, rows: 50_000, format: 'csv', tell });
      await namespace.close();
      return { report, passed: report.identical === rounds };
    },
  },
  temporal: {
    what: 'The Temporal server is killed while runs, exports and aggregations go on: all come to the same',
    rounds: 10,
    run: outages('temporal'),
  },
  postgres: {
    what: 'PostgreSQL is stopped hard while runs, exports and aggregations go on: all come to the same',
    rounds: 10,
    run: outages('postgres'),
  },
  hostile: {
    what: 'A student and a stranger send definitions of tools made to cost time and memory: nobody else notices',
    rounds: 10_000,
    run: async (rounds) => {
      const report = await attackWithDefinitions(rounds);
      const isRefused = (report.answers['403'] ?? 0) + (report.answers['404'] ?? 0) === rounds;
      const isHarmless = report.failedReads === 0 && report.slowestMs < 100 && report.growthMb < 50;
      return { report, passed: isRefused && isHarmless };
    },
  },
  outbox: {
    what: 'Relays die between the commit of a job and its start: each has exactly one workflow',
    rounds: 500,
    run: async (rounds, tell) => {
      const report = await outboxDrill(rounds, tell);
      const { rowsWithoutWorkflow, rowsWithSeveral, rowsLeft, workflows } = report;
      const passed = rowsWithoutWorkflow + rowsWithSeveral + rowsLeft === 0 && workflows === rounds;
      return { report, passed };
    },
  },
};
