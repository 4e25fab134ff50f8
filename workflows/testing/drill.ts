/** Breaks the running system in every way there is, and says what became of its work: `npm run drill -- [name …] [rounds]`. */
import { note, step } from '../../scripts/setup/steps.cjs';
import { startTestServers } from '../../src/testing/test-servers';
import { DRILLS } from './drills';

function usage(): string {
  const lines = Object.entries(DRILLS).map(
    ([name, { what, rounds }]) => `  ${name.padEnd(9)} ${what} (${rounds})`,
  );
  return `npm run drill -- [name …] [rounds]\n${lines.join('\n')}\n`;
}

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const rounds = given.map(Number).find((each) => Number.isInteger(each) && each > 0);
  const named = given.filter((each) => Number.isNaN(Number(each)));
  const names = named.length === 0 ? Object.keys(DRILLS) : named;
  const unknown = names.filter((name) => !(name in DRILLS));
  if (unknown.length > 0) {
    process.stderr.write(usage());
    process.exitCode = 2;
    return;
  }
  const servers = await step('Starting servers', startTestServers);
  for (const name of names) {
    const drill = DRILLS[name];
    if (drill === undefined) continue;
    note(`${name}: ${drill.what}`);
    const { report, passed } = await drill.run(rounds ?? drill.rounds, note);
    process.stdout.write(`${JSON.stringify({ drill: name, passed, ...report }, null, 2)}\n`);
    if (!passed) process.exitCode = 1;
  }
  await servers.stop();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    process.exit(1);
  },
);
