/**
 * Disturbs the running system in every way that the drills know, and reports what happened to its work:
 * `npm run drill -- [name …] [rounds]`.
 */
import { note, step } from '../../scripts/setup/steps.cjs';
import { startTestServers } from '../../src/testing/test-servers';
import { DRILLS } from './drills';

function usage(): string {
  const lines = Object.entries(DRILLS).map(
    ([name, { what, rounds }]) => `  ${name.padEnd(9)} ${what} (${rounds})`,
  );
  return `npm run drill -- [name …] [rounds]\n${lines.join('\n')}\n`;
}

/** @returns the exit code */
export async function drill(given: readonly string[]): Promise<number> {
  const rounds = given.map(Number).find((each) => Number.isInteger(each) && each > 0);
  const named = given.filter((each) => Number.isNaN(Number(each)));
  const names = named.length === 0 ? Object.keys(DRILLS) : named;
  const unknown = names.filter((name) => !(name in DRILLS));
  if (unknown.length > 0) {
    process.stderr.write(usage());
    return 2;
  }
  const servers = await step('Starting servers', startTestServers);
  let allPassed = true;
  for (const name of names) {
    const each = DRILLS[name];
    if (each === undefined) continue;
    note(`${name}: ${each.what}`);
    const { report, passed } = await each.run(rounds ?? each.rounds, note);
    process.stdout.write(`${JSON.stringify({ drill: name, passed, ...report }, null, 2)}\n`);
    allPassed &&= passed;
  }
  await servers.stop();
  return allPassed ? 0 : 1;
}
