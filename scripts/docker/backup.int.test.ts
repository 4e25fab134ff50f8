import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { databaseAccount } from '../../src/local-servers/database-user';
import { freePort } from '../../src/local-servers/ports';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { migrate } from '../../src/platform/db/migrate';

const FOLDER = join(__dirname, '../../docker');
const PASSWORD = 'only-for-this-test';

/**
 * Finds Debian's server and clients. `pg_dump` refuses servers newer than itself, and the embedded server
 * ships without it.
 */
function debianPostgres(): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  return folders.find((folder) =>
    ['initdb', 'pg_dump', 'psql'].every((name) => existsSync(join(folder, name))),
  );
}

const bin = debianPostgres();
const describeWithPostgres = bin === undefined ? describe.skip : describe;

describeWithPostgres('the databases of the compose file, and their backups', () => {
  const scratch = makeScratchFolder();
  const backups = join(scratch.path, 'backups');
  const data = join(scratch.path, 'data');
  let env: NodeJS.ProcessEnv = {};
  let port = 0;

  function run(command: string, args: string[], more: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync(command, args, {
      env: { ...env, ...more },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  function server(...args: string[]) {
    const account = databaseAccount();
    const result = spawnSync(join(bin as string, args[0] as string), args.slice(1), {
      ...account,
      cwd: scratch.path,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (result.status !== 0) throw new Error(result.stderr);
  }

  const backup = (...args: string[]) => run('sh', [join(FOLDER, 'backup/backup.sh'), ...args]);
  const urlOf = (user: string, database: string) =>
    `postgresql://${user}:${PASSWORD}@127.0.0.1:${port}/${database}`;

  async function query(user: string, database: string, text: string): Promise<unknown[][]> {
    const client = new Client({ connectionString: urlOf(user, database) });
    await client.connect();
    try {
      return (await client.query({ text, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
  }

  const addUser = (name: string) =>
    query(
      'raptscallions',
      'raptscallions',
      `INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), lower('${name}@school.example'), '${name}')`,
    );
  const userNames = async () =>
    (await query('raptscallions', 'raptscallions', 'SELECT name FROM users ORDER BY name')).flat();

  beforeAll(async () => {
    port = await freePort();
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    server(
      'initdb',
      '-D',
      data,
      '--username=postgres',
      '--auth=trust',
      '--no-sync',
      '--encoding=UTF8',
      '--locale=C',
    );
    server('pg_ctl', '-D', data, '-w', '-o', options, '-l', join(scratch.path, 'log'), 'start');
    env = {
      PATH: `${bin}:${process.env.PATH}`,
      ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: PASSWORD },
      ...{
        BACKUP_DIR: backups,
        BACKUP_KEEP: '2',
        BACKUP_DATABASES: 'raptscallions temporal temporal_visibility',
      },
      ...{ APP_DATABASE_PASSWORD: PASSWORD, TEMPORAL_DATABASE_PASSWORD: "with 'quotes'" },
    };
    spawnSync('mkdir', [backups]);
  });

  afterAll(() => {
    if (port !== 0) server('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
    scratch.remove();
  });

  it('are made with owners that are no superusers and cannot reach each other', async () => {
    expect(run('sh', [join(FOLDER, 'postgres/init.sh')])).toMatchObject({ status: 0, stderr: '' });
    expect(await migrate({ databaseUrl: urlOf('raptscallions', 'raptscallions') })).toBeGreaterThan(5);
    await expect(query('raptscallions', 'temporal', 'SELECT 1')).rejects.toThrow('permission denied');
    expect(await query('temporal', 'temporal_visibility', 'SELECT 1')).toEqual([[1]]);
    expect(
      await query(
        'postgres',
        'postgres',
        "SELECT rolsuper FROM pg_roles WHERE rolname IN ('raptscallions', 'temporal')",
      ),
    ).toEqual([[false], [false]]);
  });

  it('can be made by hand after a first start that failed, and stay as they are if nothing failed', async () => {
    const init = () => run('sh', [join(FOLDER, 'postgres/init.sh')]);
    const names = () =>
      query(
        'postgres',
        'postgres',
        "SELECT datname FROM pg_database WHERE datname ~ '^(rapt|temporal)' ORDER BY 1",
      );
    const whole = await names();
    expect(init()).toMatchObject({ status: 0, stderr: '' });
    expect(await userNames()).toEqual([]);
    await query('postgres', 'postgres', 'ALTER DATABASE raptscallions RENAME TO kept');
    await query('postgres', 'postgres', 'DROP DATABASE temporal_visibility');
    await query('postgres', 'postgres', 'CREATE DATABASE raptscallions_new');
    expect(init()).toMatchObject({ status: 0, stderr: '' });
    expect(await names()).toEqual(whole);
    await expect(query('temporal', 'raptscallions', 'SELECT 1')).rejects.toThrow('permission denied');
    await query('postgres', 'postgres', 'DROP DATABASE raptscallions');
    await query('postgres', 'postgres', 'ALTER DATABASE kept RENAME TO raptscallions');
  });

  it('come back as they were, with lost data and without later data', async () => {
    expect(backup('healthy').status).toBe(1);
    await addUser('Ada');
    await addUser('Ben');
    expect(backup('now')).toMatchObject({ status: 0, stderr: '' });
    expect(backup('healthy').status).toBe(0);
    await query('raptscallions', 'raptscallions', "DELETE FROM users WHERE name = 'Ada'");
    await addUser('Cem');
    expect(backup('restore', 'latest')).toMatchObject({ status: 0, stderr: '' });
    expect(await userNames()).toEqual(['Ada', 'Ben']);
    await addUser('Dua');
    await expect(query('temporal', 'raptscallions', 'SELECT 1')).rejects.toThrow('permission denied');
    expect(
      (await query('raptscallions', 'raptscallions_replaced', 'SELECT name FROM users ORDER BY name')).flat(),
    ).toEqual(['Ben', 'Cem']);
  });

  it('stay as they are while they are in use, and if the dump is damaged or missing', async () => {
    const client = new Client({ connectionString: urlOf('raptscallions', 'raptscallions') });
    await client.connect();
    const inUse = backup('restore', 'latest');
    await client.end();
    expect(inUse).toMatchObject({ status: 1, stderr: expect.stringContaining('raptscallions is in use') });
    expect(backup('restore', '20200101T000000Z')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is no dump'),
    });
    const name = backup('list').stdout.trim();
    appendFileSync(join(backups, name, 'temporal.dump'), 'x');
    expect(backup('restore', 'latest')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is damaged; nothing was changed'),
    });
    expect(await userNames()).toEqual(['Ada', 'Ben', 'Dua']);
    rmSync(join(backups, name), { recursive: true });
  });

  it('are kept up to a number, the newest ones; a failed dump leaves nothing behind and removes nothing', () => {
    for (const name of ['20250101T023000Z', '20250102T023000Z']) spawnSync('mkdir', [join(backups, name)]);
    expect(backup('now').stdout).toContain('removed 20250101T023000Z');
    const kept = backup('list').stdout.trim().split('\n');
    expect(kept).toEqual(['20250102T023000Z', expect.stringMatching(/^20(?!25)/)]);
    const failed = run('sh', [join(FOLDER, 'backup/backup.sh'), 'now'], {
      BACKUP_DATABASES: 'raptscallions nowhere',
    });
    expect(failed.status).toBe(1);
    expect(backup('list').stdout.trim().split('\n')).toEqual(kept);
  });
});
