import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { type DockerContainer, namelessVolumes, rootProcesses } from './containers';
import { readOptions } from './options';

const ROOT = join(__dirname, '../..');

describe('npm run docker:check', () => {
  it('checks everything with the profile backup by default', () => {
    expect(readOptions([])).toEqual({
      files: [],
      profiles: 'backup',
      withAllInOne: true,
      isKept: false,
      isHelpWanted: false,
    });
  });

  it('accepts more compose files and profiles, and omits the image for trials', () => {
    const args = [
      '--file',
      'a.yml',
      '--file',
      'b.yml',
      '--profiles',
      'backup,storage',
      '--without-all-in-one',
    ];
    expect(readOptions(args)).toMatchObject({
      files: ['a.yml', 'b.yml'],
      profiles: 'backup,storage',
      withAllInOne: false,
    });
  });

  it('refuses options that do not exist, and a stack without the backups that it restores', () => {
    expect(() => readOptions(['--fiel', 'a.yml'])).toThrow("Unknown option '--fiel'");
    expect(() => readOptions(['--profiles', 'storage'])).toThrow('--profiles must name backup');
  });

  it('ends with 3 and says why if there is no Docker', () => {
    const scratch = makeScratchFolder();
    mkdirSync(join(scratch.path, 'bin'));
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--require', './src/testing/register.cjs', 'scripts/cli.ts', 'docker:check'],
      { cwd: ROOT, env: { ...process.env, PATH: join(scratch.path, 'bin') }, encoding: 'utf8' },
    );
    scratch.remove();
    expect({ status, stdout }).toEqual({
      status: 3,
      stdout: expect.stringMatching(
        /ENOENT.*\n.*Docker with Compose was not found, so nothing was checked\./,
      ),
    });
  });
});

describe('a container', () => {
  const container = (mounts: DockerContainer['Mounts']): DockerContainer => ({
    Id: 'a1',
    Name: '/check-redis-1',
    RestartCount: 0,
    State: { Status: 'running', Running: true },
    Mounts: mounts,
  });

  it('leaves a volume behind if Docker had to make up its name', () => {
    const mounts = [
      { Type: 'volume', Name: '0f'.repeat(32), Destination: '/data' },
      { Type: 'volume', Name: 'check_backups', Destination: '/backups' },
      { Type: 'bind', Destination: '/setup' },
    ];
    expect(namelessVolumes(container(mounts))).toEqual(['/check-redis-1:/data']);
  });

  it('runs as root if one of its processes does', () => {
    const top = 'UID  PID  COMMAND\n0    17   sh -c redis-server\n1000 18   node a.js';
    expect(rootProcesses(top)).toEqual(['sh -c redis-server']);
  });
});
