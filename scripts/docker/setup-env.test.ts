import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readComposeFile, readEnvFile } from './compose-file';

const SCRIPT = join(__dirname, '../setup-env');
const folder = mkdtempSync(join(tmpdir(), 'setup-env-test-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function setUp(...args: string[]) {
  files += 1;
  const output = join(folder, `env-${files}`);
  const { status, stdout, stderr } = spawnSync('sh', [SCRIPT, '--output', output, ...args], {
    encoding: 'utf8',
    input: '',
  });
  return { output, status, stdout, stderr };
}

const GIVEN = ['--domain', 'tools.school.example', '--admin-email', 'it@school.example'];

describe('scripts/setup-env', () => {
  it('writes a file that only its owner can read, with separate secrets', () => {
    const { output, status, stdout } = setUp(...GIVEN, '--profiles', 'backup,storage');
    expect(status).toBe(0);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const env = readEnvFile(output);
    expect(env).toMatchObject({
      DOMAIN: 'tools.school.example',
      ADMIN_EMAIL: 'it@school.example',
      COMPOSE_PROFILES: 'backup,storage',
    });
    expect(Buffer.from(env.TEMPORAL_CODEC_KEYS?.replace('k1:', '') ?? '', 'base64')).toHaveLength(32);
    expect(env.SESSION_SECRET).toMatch(/^[0-9a-f]{64}$/);
    const secrets = Object.entries(env)
      .filter(([name]) => /PASSWORD|SECRET|KEY/.test(name))
      .map(([, value]) => value);
    expect(secrets.length).toBeGreaterThanOrEqual(9);
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(16);
    expect(stdout).toContain(env.ADMIN_PASSWORD);
    expect(readEnvFile(setUp(...GIVEN).output).SESSION_SECRET).not.toBe(env.SESSION_SECRET);
  });

  it('adds a profile with what it needs, removes it again, and keeps every secret', () => {
    const { output } = setUp(...GIVEN);
    const before = readFileSync(output, 'utf8');
    const change = (profiles: string) =>
      spawnSync('sh', [SCRIPT, '--profiles', profiles, '--output', output], { encoding: 'utf8' });
    expect(change('backup,observability,storage,pooler')).toMatchObject({ status: 0, stderr: '' });
    const env = readEnvFile(output);
    expect(env).toMatchObject({
      COMPOSE_PROFILES: 'backup,observability,storage,pooler',
      S3_ENDPOINT: 'http://storage:7070',
      S3_SECRET_ACCESS_KEY: expect.stringMatching(/^[0-9a-f]{48}$/),
      DATABASE_URL: `postgresql://raptscallions:${env.APP_DATABASE_PASSWORD}@pgbouncer:6432/raptscallions`,
      DATABASE_POOLER: 'transaction-prepared',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318',
    });
    change('storage,backup');
    expect(readEnvFile(output).S3_SECRET_ACCESS_KEY).toBe(env.S3_SECRET_ACCESS_KEY);
    const { stdout } = change('backup');
    expect(stdout).toContain('--profile storage rm --stop --force storage');
    expect(readFileSync(output, 'utf8').trimEnd()).toBe(before.trimEnd());
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it('removes of a profile that goes all services that it has in the compose file', () => {
    const { output } = setUp(...GIVEN, '--profiles', 'backup,observability,storage,pooler');
    const { stdout } = spawnSync('sh', [SCRIPT, '--profiles', '', '--output', output], { encoding: 'utf8' });
    const removed = Object.fromEntries(
      [...stdout.matchAll(/--profile (\w+) rm --stop --force (.*)/g)].map(([, profile, names = '']) => [
        profile,
        names.split(' ').sort(),
      ]),
    );
    const { services } = readComposeFile(join(__dirname, '../../docker/docker-compose.yml'));
    const members = (profile: string) =>
      Object.keys(services).filter((name) => services[name]?.profiles?.includes(profile));
    for (const profile of ['backup', 'observability', 'storage', 'pooler'])
      expect([profile, removed[profile]]).toEqual([profile, members(profile).sort()]);
  });

  it.each([
    ['storage', 'S3_BUCKET=ours'],
    ['pooler', 'DATABASE_URL=postgresql://elsewhere/raptscallions'],
    ['observability', 'OTEL_EXPORTER_OTLP_ENDPOINT=https://traces.example'],
  ])('does not add %s to a file that names an external service: %s', (profile, line) => {
    const { output } = setUp(...GIVEN);
    appendFileSync(output, `${line}\n`);
    const before = readFileSync(output, 'utf8');
    const { status, stderr } = spawnSync('sh', [SCRIPT, '--profiles', profile, '--output', output], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`${line.split('=')[0]} has a value that does not fit the profiles`);
    expect(readFileSync(output, 'utf8')).toBe(before);
  });

  it('never overwrites one that is there', () => {
    const { output } = setUp(...GIVEN);
    const before = readFileSync(output, 'utf8');
    const again = spawnSync('sh', [SCRIPT, ...GIVEN, '--output', output], { encoding: 'utf8' });
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('exists already');
    expect(readFileSync(output, 'utf8')).toBe(before);
  });

  it.each([
    [['--domain', 'a b', '--admin-email', 'it@school.example'], 'is not a domain name'],
    [['--domain', 'x$(id)', '--admin-email', 'it@school.example'], 'is not a domain name'],
    [['--domain', 'school.example', '--admin-email', 'it'], 'is not a mail address'],
    [['--domain', 'school.example', '--admin-email', 'it@school.example\nX=1'], 'is not a mail address'],
    [[...GIVEN, '--profiles', 'everything'], 'there is no profile "everything"'],
    [['--domain', 'school.example'], '--admin-email is missing, and there is nobody to ask'],
    [['--domain'], '--domain needs a value'],
    [['--dmain', 'x'], 'unknown: --dmain'],
  ])('refuses %j', (args, why) => {
    const { output, status, stderr } = setUp(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(why);
    expect(existsSync(output)).toBe(false);
  });
});
