/** Kills the worker in the middle of runs, 20 times unless told, and says what became of the runs. */
import { note, step } from '../../scripts/infra/steps.cjs';
import { createTestNamespace } from '../../src/testing/temporal';
import { startTestServers } from '../../src/testing/test-servers';
import { killDrill } from './kill-drill';
import { RunScene } from './run-scene';

async function main(): Promise<void> {
  const kills = Number(process.argv[2] ?? 20);
  const servers = await step('Starting servers', startTestServers);
  const [scene, namespace] = [await RunScene.create(), await createTestNamespace()];
  const report = await killDrill(scene, namespace, kills, note);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const { notEndedOnce, settledTwice, unsettled, states, runs } = report;
  if (notEndedOnce + settledTwice + unsettled > 0 || states.succeeded !== runs) process.exitCode = 1;
  await namespace.close();
  await scene.close();
  await servers.stop();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    process.exit(1);
  },
);
