import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CheckContext,
  checkAllInOne,
  checkBackup,
  checkHealth,
  checkImage,
  checkKills,
  checkMainJob,
  checkRestarts,
} from './docker/checks';
import { readEnvFile } from './docker/compose-file';
import { type CheckOptions, readOptions, USAGE } from './docker/options';
import { findEngine, NoEngineError, Stack } from './docker/stack';
import { fail, note, say, step } from './setup/steps.cjs';

/** The exit code for "neither good nor bad": no container engine is available. */
const CANNOT_CHECK = 3;
/** The usual exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;
const TAG = 'check';
const root = join(__dirname, '..');

/** Writes the env file as an operator does, and opens registration for the main job. */
function writeEnv(file: string, profiles: string): Record<string, string> {
  const asked = ['--domain', 'localhost', '--admin-email', 'admin@check.example', '--profiles', profiles];
  execFileSync('sh', [join(root, 'scripts/setup-env'), ...asked, '--output', file], { stdio: 'pipe' });
  const more = ['REGISTRATION_MODE=open', 'RATE_LIMIT_PER_MINUTE=100000', `RAPTSCALLIONS_VERSION=${TAG}`];
  appendFileSync(file, `${more.join('\n')}\n`);
  return readEnvFile(file);
}

async function check(context: CheckContext, { withAllInOne }: CheckOptions): Promise<void> {
  const { stack } = context;
  const targets = ['migrate', 'worker', 'api', ...(withAllInOne ? ['all-in-one'] : [])];
  await step('Nothing is left of an earlier check', () => stack.down());
  for (const target of targets)
    await step(`Image ${target}`, async () => {
      await stack.compose('build', target);
      await checkImage(target, TAG);
    });
  await step('The stack, from empty volumes', () => stack.up());
  await step('Users and volumes of the containers', () => stack.assertTidy());
  const played = await step('The main job over HTTPS', () => checkMainJob(context));
  await step('Doctor and audit trail', () => checkHealth(context));
  await step('Containers killed', () => checkKills(context, played));
  await step('Processes that end', () => checkRestarts(context));
  await step('Backup and restore', () => checkBackup(context, played));
  if (withAllInOne) await step('All in one', () => checkAllInOne(context));
}

async function checkAll(options: CheckOptions): Promise<void> {
  note(await findEngine());
  const folder = mkdtempSync(join(tmpdir(), 'docker-check-'));
  const envFile = join(folder, '.env');
  const env = writeEnv(envFile, options.profiles);
  const files = [
    join(root, 'docker/docker-compose.yml'),
    join(root, 'scripts/docker/check.yml'),
    ...options.files,
  ];
  const stack = new Stack({ project: 'raptscallions-check', files, envFile });
  const takeDown = async () => {
    if (options.isKept) return note(`the stack goes on; its settings are in ${envFile}`);
    await step('Everything taken down, with its volumes', () => stack.down());
    rmSync(folder, { recursive: true });
  };
  // Ctrl-C also ends the running Docker command, so that both paths lead here.
  let ending: Promise<void> | undefined;
  const end = () => (ending ??= takeDown());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().finally(() => process.exit(INTERRUPTED)));
  try {
    await check({ stack, folder, env, tell: note }, options);
  } finally {
    await end();
  }
  note(`proven; the images raptscallions/*:${TAG} stay, for the next time`);
}

/** Builds the images, runs them together and tries to break them. @returns the exit code */
export async function dockerCheck(words: readonly string[]): Promise<number> {
  try {
    const options = readOptions([...words]);
    if (options.isHelpWanted) say(USAGE);
    else await checkAll(options);
    return 0;
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    if (!(error instanceof NoEngineError)) return 1;
    say('Docker with Compose was not found, so nothing was checked. Install or start Docker.');
    return CANNOT_CHECK;
  }
}
