import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';

const ROOT = join(__dirname, '../..');
const DOCKER = join(ROOT, 'docker');
/** The tests may run as root, whom no file mode keeps out, so the scripts run as `nobody`. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const scratch = makeScratchFolder();
const bin = join(scratch.path, 'bin');
const calls = join(scratch.path, 'calls');
mkdirSync(bin);
afterAll(() => scratch.remove());
beforeEach(() => writeFileSync(calls, ''));

/** Creates a program of that name, which records how it is called. */
function fake(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${calls}'\n${body}\n`, { mode: 0o755 });
}

function run(script: string, env: Record<string, string>, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('sh', [join(DOCKER, script), ...args], {
    env: { PATH: `${bin}:${process.env.PATH}`, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, calls: readFileSync(calls, 'utf8') };
}

describe('the service that makes the namespace', () => {
  const env = { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'raptscallions', RETENTION: '336h' };

  it('makes it once Temporal is healthy', () => {
    fake('temporal', 'case "$*" in *describe*) exit 1 ;; esac');
    expect(run('temporal/namespace.sh', env)).toMatchObject({
      status: 0,
      calls: expect.stringContaining('namespace create --namespace raptscallions --retention 336h'),
    });
  });

  it('leaves an existing one unchanged', () => {
    fake('temporal', 'exit 0');
    const { status, calls: made } = run('temporal/namespace.sh', env);
    expect(status).toBe(0);
    expect(made).not.toContain('create');
  });

  it('gives up after its time, and says what Temporal or the look-up of its name has answered', () => {
    fake('temporal', 'echo "lookup _grpclb._tcp.temporal: i/o timeout" >&2; exit 1');
    expect(run('temporal/namespace.sh', { ...env, WAIT_SECONDS: '0' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('after 0 seconds: lookup _grpclb._tcp.temporal: i/o timeout'),
    });
  });

  it('does not wait for a program that hangs', () => {
    fake('temporal', 'exec sleep 600');
    expect(run('temporal/namespace.sh', { ...env, WAIT_SECONDS: '0', ASK_SECONDS: '1' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no answer within 1 seconds'),
    });
  });
});

describe('the service that stores files', () => {
  it('says how to add its profile if it has no keys', () => {
    expect(run('storage/storage.sh', {})).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('scripts/setup-env --profiles backup,storage'),
    });
  });
});

describe('a dump that was copied back', () => {
  it('is not called damaged if it only belongs to another user', () => {
    const backups = join(scratch.path, 'backups');
    const dump = join(backups, '20270115T023000Z');
    mkdirSync(dump, { recursive: true });
    writeFileSync(join(dump, 'SHA256SUMS'), '');
    chmodSync(scratch.path, 0o755);
    // `docker compose cp` leaves the dump like this for the service's user: a folder that only root can
    // read.
    chmodSync(dump, NOBODY.uid === undefined ? 0o000 : 0o700);
    const { status, stderr } = spawnSync(
      'sh',
      [join(DOCKER, 'backup/backup.sh'), 'restore', '20270115T023000Z'],
      {
        ...NOBODY,
        env: {
          PATH: process.env.PATH,
          ...{
            PGHOST: 'nowhere',
            PGUSER: 'postgres',
            BACKUP_DIR: backups,
            BACKUP_DATABASES: 'raptscallions',
          },
        },
        encoding: 'utf8',
      },
    );
    chmodSync(dump, 0o700);
    expect(status).toBe(1);
    expect(stderr).toContain('20270115T023000Z cannot be read by');
    expect(stderr).toContain('run --rm backup-volume');
  });
});

describe('a clone under a strict umask', () => {
  it('can be read by containers once setup-env has run, but for its secrets', () => {
    const clone = join(scratch.path, 'clone');
    cpSync(DOCKER, join(clone, 'docker'), { recursive: true, filter: (path) => !path.endsWith('.env') });
    cpSync(join(ROOT, 'scripts/setup-env'), join(clone, 'scripts/setup-env'));
    writeFileSync(join(clone, 'docker/.env.old'), 'SESSION_SECRET=x');
    spawnSync('chmod', ['-R', 'u=rwX,g=rX,o=', clone]);
    const setUp = spawnSync(join(clone, 'scripts/setup-env'), [
      ...['--domain', 'tools.school.example', '--admin-email', 'it@school.example'],
    ]);
    expect(setUp.stderr.toString()).toBe('');
    const modes = readdirSync(join(clone, 'docker'), { recursive: true, withFileTypes: true }).map(
      (entry) => {
        const path = join(entry.parentPath, entry.name);
        const least = entry.isDirectory() || /init\.sh$/.test(entry.name) ? 0o005 : 0o004;
        return [path, statSync(path).mode & 0o007 & least, entry.name.startsWith('.env') ? 0 : least];
      },
    );
    expect(modes.filter(([, mode, wanted]) => mode !== wanted)).toEqual([]);
    expect(existsSync(join(clone, 'docker/.env'))).toBe(true);
  });
});
