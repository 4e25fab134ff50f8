import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectGrade, exportGrades, fetchTrusting, type Played, playMainJob, TEACHER } from './main-job';
import { docker, type Stack } from './stack';

const POLL_MS = 500;
/** Docker restarts a container that ended by itself after a pause that grows from a tenth of a second. */
const RESTART_LIMIT_MS = 120_000;
const BACKUP = ['/bin/sh', '/backup/backup.sh'];
const APP = ['LICENSE', 'dist', 'docker', 'node_modules', 'package.json'];

export interface CheckContext {
  stack: Stack;
  /** Receives what is copied out of containers. */
  folder: string;
  env: Readonly<Record<string, string>>;
  tell: (line: string) => void;
}

const adminOf = ({ env }: CheckContext) => ({
  email: env.ADMIN_EMAIL as string,
  password: env.ADMIN_PASSWORD as string,
});

/** Checks that an image holds only what it needs, and that its user can read all of it. */
export async function checkImage(target: string, tag: string): Promise<void> {
  const run = (...command: string[]) =>
    docker(
      'run',
      '--rm',
      '--entrypoint',
      command[0] as string,
      `raptscallions/${target}:${tag}`,
      ...command.slice(1),
    );
  const names = (await run('ls', '-A', '/app')).split('\n');
  if (names.join() !== APP.join()) throw new Error(`${target} holds ${names.join(', ')}`);
  const unreadable = await run('find', '/app', '(', '-type', 'f', '-o', '-type', 'd', ')', '!', '-readable');
  if (unreadable !== '') throw new Error(`${target} cannot read ${unreadable.split('\n')[0]}`);
  const tests = await run('find', '/app/dist', '-name', '*.test.*');
  if (tests !== '') throw new Error(`${target} holds tests: ${tests.split('\n')[0]}`);
}

/** Plays the main job through Caddy, whose own authority signs the certificate of `localhost`. */
export async function checkMainJob(context: CheckContext): Promise<Played> {
  const ca = await context.stack.exec('caddy', 'cat', '/data/caddy/pki/authorities/local/root.crt');
  const { tell } = context;
  return playMainJob({ url: 'https://localhost', fetch: fetchTrusting(ca), admin: adminOf(context), tell });
}

/** Runs the doctor and the audit check as the guide describes them. */
export async function checkHealth({ stack, tell }: CheckContext): Promise<void> {
  const doctor = await stack.exec('worker', 'node', 'dist/scripts/cli.js', 'doctor');
  for (const line of doctor.split('\n')) if (/^(?:WARNING|FAILED)| ok, /.test(line)) tell(line.trim());
  if (doctor.includes('TRUST_PROXY')) throw new Error('the doctor warns of TRUST_PROXY');
  await stack.exec('worker', 'node', 'dist/scripts/cli.js', 'audit:verify');
}

/** Kills each service while an export runs, and checks that the export still succeeds. */
export async function checkKills({ stack, tell }: CheckContext, played: Played): Promise<void> {
  for (const service of ['api', 'worker', 'redis', 'temporal', 'postgres']) {
    const startedAt = Date.now();
    await exportGrades(played, () => stack.killAndRestart(service));
    await expectGrade(played);
    tell(
      `${service} killed: its export was made, ${Math.round((Date.now() - startedAt) / 1000)} s after it was asked for`,
    );
  }
}

/** Checks that Docker restarts a process that ended by itself. */
export async function checkRestarts({ stack, tell }: CheckContext): Promise<void> {
  for (const service of ['api', 'worker']) {
    const find = async () =>
      (await stack.containers()).find(({ Name }) => new RegExp(`-${service}-\\d+$`).test(Name));
    const before = (await find())?.RestartCount ?? 0;
    const end = Date.now() + RESTART_LIMIT_MS;
    await stack.exec(service, 'node', '-e', 'process.kill(1, "SIGTERM")');
    for (;;) {
      const container = await find();
      if ((container?.RestartCount ?? 0) > before && container?.State.Health?.Status === 'healthy') break;
      if (Date.now() > end) throw new Error(`${service} was not started again: ${container?.State.Status}`);
      await sleep(POLL_MS);
    }
    tell(`${service} ended and was started again`);
  }
}

/**
 * Plays the drill of docs/operations.md: data from after the dump disappears, data from before it comes
 * back.
 */
export async function checkBackup({ stack, folder, tell }: CheckContext, played: Played): Promise<void> {
  await stack.exec('backup', ...BACKUP, 'now');
  const name = (await stack.exec('backup', ...BACKUP, 'list')).split('\n').at(-1) as string;
  const teacher = await played.nobody.logIn(TEACHER);
  const { id } = await teacher.send('POST', '/classes', {
    groupId: played.groupId,
    name: 'After the dump',
  });
  await stack.compose('cp', `backup:/backups/${name}`, join(folder, name));
  await stack.exec('backup', 'rm', '-rf', `/backups/${name}`);
  await stack.compose('cp', join(folder, name), `backup:/backups/${name}`);
  await stack.compose('run', '--rm', '--no-deps', 'backup-volume');
  const startedAt = Date.now();
  await stack.compose('stop', 'caddy', 'api', 'worker', 'temporal', 'temporal-ui', 'pgbouncer');
  await stack.exec('backup', ...BACKUP, 'restore', name);
  await stack.up();
  tell(
    `restored from a copy of ${name}, and up again after ${Math.round((Date.now() - startedAt) / 1000)} s`,
  );
  await expectGrade(played);
  await exportGrades(played, () => Promise.resolve());
  const gone = await (await played.nobody.logIn(TEACHER)).ask('GET', `/classes/${id}`);
  if (gone.status !== 404) throw new Error(`a class made after the dump answers ${gone.status}`);
}

/** Checks the image for trials, on its own empty database. */
export async function checkAllInOne(context: CheckContext): Promise<void> {
  const { stack, env, tell } = context;
  const statement = 'CREATE DATABASE all_in_one OWNER raptscallions';
  await stack.exec('postgres', 'psql', '--username=postgres', '--quiet', `--command=${statement}`);
  await stack.up('all-in-one');
  const url = `http://127.0.0.1:${env.ALL_IN_ONE_PORT ?? '3300'}`;
  const played = await playMainJob({ url, admin: adminOf(context), tell: () => {} });
  await stack.compose('restart', 'all-in-one');
  await stack.up('all-in-one');
  await exportGrades(played, () => Promise.resolve());
  tell('the main job, and an export after a restart on the same volume');
}
