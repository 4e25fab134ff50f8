import { existsSync, rmSync } from 'node:fs';
import { loadConfig } from '../src/config/config';
import { projectRoot } from '../src/local-servers/project-root';
import type { DemoCounts } from './demo/build/district';
import { type DemoLogin, demoLogins, writeLogins } from './demo/logins';
import { seedDemo } from './demo/seed';
import { LocalData } from './start/local-data.cjs';

function countLine({ people, classes, tools, assignments, submissions, messages, runs }: DemoCounts): string {
  return `${people} people, ${classes} classes, ${tools} tools, ${assignments} assignments, ${submissions} submissions, ${messages} messages, ${runs} runs`;
}

function loginLines(logins: readonly DemoLogin[]): string[] {
  const password = logins[0]?.password ?? '';
  return [
    `The password of all accounts: ${password}`,
    ...logins.map(({ role, name, email }) => `  ${email} (${name}, ${role})`),
  ];
}

/** Fills an empty database with the demo district and prints how to sign in. */
export async function seedDemoDistrict({ force }: { force?: boolean }): Promise<void> {
  const config = loadConfig();
  // Anybody can sign in to this district, so it is only created on purpose, whatever NODE_ENV says.
  if (force !== true) {
    throw new Error(
      'The password of the demo district is public. Use npm start, or add --force to create it anyway.',
    );
  }
  const data = new LocalData(projectRoot);
  const startedAt = Date.now();
  const outcome = await seedDemo(config, console.log);
  if (outcome.kind === 'other_data') {
    // Log-ins of another database would mislead the reader.
    if (existsSync(data.demoLoginsFile)) rmSync(data.demoLoginsFile);
    console.log('The database already has groups, so the demo district was not created');
    return;
  }
  const logins = demoLogins(outcome.calendar);
  data.makeFolder();
  writeLogins(data.demoLoginsFile, logins);
  if (outcome.kind === 'demo_already') return console.log('The demo district already exists');
  for (const line of loginLines(logins)) console.log(line);
  console.log(`Created in ${((Date.now() - startedAt) / 1000).toFixed(1)} s: ${countLine(outcome.counts)}`);
}
