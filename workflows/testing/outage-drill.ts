import { setTimeout as sleep } from 'node:timers/promises';
import { loadTemporalSettings } from '../../src/config/config';
import { freePort } from '../../src/local-servers/ports';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { ensureTemporalCli } from '../../src/local-servers/temporal-cli';
import { startTemporal, type TemporalServer } from '../../src/local-servers/temporal-server';
import { migrate } from '../../src/platform/db/migrate';
import { TemporalClient } from '../../src/platform/temporal/temporal-client';
import { startTestPostgres, type TestPostgres } from '../../src/testing/database';
import { model } from '../../src/testing/fake-model-server';
import { type DrillScene, exportDrillScene, runDrillScene, usageDrillScene } from './drill-scenes';
import { OUTPUT, RunScene } from './run-scene';
import { ChildWorker } from './test-worker';

export interface OutageDrillReport {
  victim: 'temporal' | 'postgres';
  outages: number;
  /** By scene: how many results equal the undisturbed one. */
  equal: Record<string, number>;
  /** Results that differ. */
  different: string[];
  /** How much of the work was in progress when the outage began. */
  caught: number;
  /** Whether the same worker process survived all of it. */
  workerSurvived: boolean;
  seconds: number;
}

/**
 * The outage begins at a random moment within this time after the work was requested; its length is one of
 * the list.
 */
const LATEST_OUTAGE_MS = 1_500;
const LONGEST_OUTAGE_MS = 4_000;
/** Heartbeats time out, connections come back, and attempts are repeated with pauses between them. */
const END_LIMIT_MS = 180_000;
const EXPORT_ROWS = 20_000;
const USAGE_DAYS = 60;

/** Has its own servers, so that no other work is disturbed. */
class OutageStage {
  private constructor(
    readonly temporalServer: TemporalServer,
    readonly postgres: TestPostgres,
    readonly runs: RunScene,
    readonly temporal: TemporalClient,
    readonly worker: ChildWorker,
    private readonly removeFolder: () => void,
  ) {}

  static async set(): Promise<OutageStage> {
    const folder = makeScratchFolder();
    const [port, cli, postgres] = [await freePort(), await ensureTemporalCli(), await startTestPostgres()];
    const temporalServer = await startTemporal({
      cli: cli.path,
      port,
      dbFile: `${folder.path}/temporal.sqlite`,
    });
    await migrate({ databaseUrl: postgres.databaseUrl });
    const { databaseUrl: url, url: adminUrl } = postgres;
    const runs = await RunScene.create({ database: { url, adminUrl, drop: () => Promise.resolve() } });
    // As slow as a model, so that an outage hits it at work.
    runs.model.fallback = model.says(JSON.stringify(OUTPUT), { everyMs: 300 });
    const env = { TEMPORAL_ADDRESS: temporalServer.address, TEMPORAL_NAMESPACE: 'default' };
    const temporal = new TemporalClient(loadTemporalSettings(env), { warn: () => {} });
    const worker = await ChildWorker.start({ databaseUrl: url, namespace: { env }, env: runs.env });
    await worker.ready();
    return new OutageStage(temporalServer, postgres, runs, temporal, worker, () => folder.remove());
  }

  async strike(): Promise<void> {
    await this.worker.kill();
    await this.temporal.close();
    await this.runs.close();
    await this.temporalServer.kill();
    await this.postgres.remove();
    this.removeFolder();
  }
}

async function outcomeOf(scene: DrillScene, id: string): Promise<string> {
  const end = Date.now() + END_LIMIT_MS;
  for (;;) {
    const outcome = await scene.outcome(id).catch(() => null);
    if (outcome !== null) return outcome;
    if (Date.now() > end) return 'never ended';
    await sleep(100);
  }
}

/** Kills the server in the middle of everything, starts it again, and compares the results of the work. */
export async function outageDrill(
  victim: OutageDrillReport['victim'],
  outages: number,
  tell: (line: string) => void = () => {},
): Promise<OutageDrillReport> {
  const startedAt = Date.now();
  const stage = await OutageStage.set();
  try {
    const { runs, temporal } = stage;
    const scenes = [
      runDrillScene(runs),
      await exportDrillScene(runs, EXPORT_ROWS),
      await usageDrillScene(runs, temporal, USAGE_DAYS),
    ];
    const expected: string[] = [];
    for (const scene of scenes) expected.push(await outcomeOf(scene, await scene.begin()));
    for (const [i, { name }] of scenes.entries()) tell(`undisturbed ${name}: ${expected[i]}`);
    const report: Pick<OutageDrillReport, 'caught' | 'equal' | 'different'> = {
      caught: 0,
      equal: Object.fromEntries(scenes.map(({ name }) => [name, 0])),
      different: [],
    };
    for (let outage = 1; outage <= outages; outage += 1) {
      const { outcomes, caught, when } = await disturbed(stage, victim, scenes);
      report.caught += caught;
      const different = scenes.filter((_scene, i) => outcomes[i] !== expected[i]).length;
      for (const [i, { name }] of scenes.entries()) {
        if (outcomes[i] === expected[i]) report.equal[name] = (report.equal[name] ?? 0) + 1;
        else report.different.push(`outage ${outage}, ${name}: ${outcomes[i]}`);
      }
      const how = different === 0 ? 'all equal' : `${different} DIFFERENT`;
      tell(`${victim} away ${outage} of ${outages}, ${when}: ${how}`);
    }
    const workerSurvived = stage.worker.exitCode === null;
    return {
      victim,
      outages,
      ...report,
      workerSurvived,
      seconds: Math.round((Date.now() - startedAt) / 1000),
    };
  } finally {
    await stage.strike();
  }
}

/** Runs the work of all scenes at once, with an outage in the middle. */
async function disturbed(stage: OutageStage, victim: string, scenes: readonly DrillScene[]) {
  const ids = await Promise.all(scenes.map((scene) => scene.begin()));
  const [afterMs, forMs] = [Math.random() * LATEST_OUTAGE_MS, Math.random() * LONGEST_OUTAGE_MS];
  await sleep(afterMs);
  const open = await Promise.all(
    scenes.map(async (scene, i) => (await scene.outcome(ids[i] ?? '')) === null),
  );
  await haveAway(stage, victim, forMs);
  return {
    outcomes: await Promise.all(scenes.map((scene, i) => outcomeOf(scene, ids[i] ?? ''))),
    caught: open.filter((isOpen) => isOpen).length,
    when: `after ${Math.round(afterMs)} ms for ${Math.round(forMs)} ms`,
  };
}

async function haveAway(
  { temporalServer, postgres }: OutageStage,
  victim: string,
  ms: number,
): Promise<void> {
  if (victim === 'temporal') await temporalServer.kill();
  else await postgres.stop('immediate');
  await sleep(ms);
  await (victim === 'temporal' ? temporalServer : postgres).restart();
}
