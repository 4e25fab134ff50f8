import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { SEARCH_ATTRIBUTE_NAMES } from '../../src/platform/temporal/search-attributes';
import { readDockerfile, settingsOf } from './dockerfile';

const ROOT = join(__dirname, '../..');
const stages = readDockerfile(join(ROOT, 'docker/Dockerfile'));
const stageNames = stages.map(({ name }) => name);
const TARGETS = ['api', 'worker', 'migrate', 'all-in-one'];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const ignored = read('.dockerignore')
  .split('\n')
  .filter((line) => /^[^#*!]/.test(line));
const isIgnored = (path: string) =>
  ignored.some((folder) => path === folder || path.startsWith(`${folder}/`));
const isForTests = (path: string) => /\.(?:test|builder)\.ts$/.test(path);

describe('the build context', () => {
  it('holds every file that the code of the images imports', () => {
    const missing = ['src', 'workflows', 'scripts', 'prisma']
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
          (file) => `${folder}/${file}`,
        ),
      )
      .filter((file) => file.endsWith('.ts') && !isIgnored(file) && !isForTests(file))
      .flatMap((file) =>
        [...read(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, to = '']) => [
          file,
          join(dirname(file), to),
        ]),
      )
      .filter(([, to = '']) => isIgnored(to) && !to.startsWith('src/generated'));
    expect(missing).toEqual([]);
  });

  it('lists what goes in, so that a secret in the checkout stays out', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(lines[0]).toBe('*');
    for (const added of lines.filter((line) => line.startsWith('!')))
      expect([added, existsSync(join(ROOT, added.slice(1)))]).toEqual([added, true]);
    expect(lines).toEqual(expect.arrayContaining(['**/.env', '**/.env.*', '**/*.test.ts', 'src/testing']));
  });
});

describe('the Dockerfile', () => {
  it('begins each stage with an official image or with a stage above it', () => {
    const froms = stages.map(({ from }, index) => [from, stageNames.slice(0, index).includes(from)] as const);
    for (const [from, isStage] of froms)
      if (!isStage) expect(from).toMatch(/^(?:node:[\d.]+-bookworm-slim|golang:[\d.]+-bookworm)$/);
  });

  it('has Go below every target that needs none: a builder without BuildKit makes each stage above its target', () => {
    const go = stages.findIndex(({ from }) => from.startsWith('golang:'));
    expect(stageNames.slice(go)).toEqual(['temporal-cli', 'all-in-one', '']);
    expect(stages.at(-1)?.from).toBe('api');
  });

  it('is on a release of Node with long-term support that the code may run on', () => {
    const version = /^node:(\d+)\./.exec(stages[0]?.from ?? '')?.[1];
    const least = /(\d+)/.exec(JSON.parse(read('package.json')).engines.node)?.[1];
    expect(Number(version)).toBeGreaterThanOrEqual(Number(least));
    expect(Number(version) % 2).toBe(0);
  });

  it.each(TARGETS)('%s: does not run as root, and starts files that are there', (target) => {
    const { user, command, env, healthcheck } = settingsOf(stages, target);
    expect({ user, NODE_ENV: env.NODE_ENV }).toEqual({ user: 'node', NODE_ENV: 'production' });
    for (const word of [...command, ...healthcheck].filter((each) => each.includes('/'))) {
      const source = word.replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
    }
    expect(healthcheck.length > 0).toBe(target !== 'migrate');
  });

  it('installs production dependencies for the images, from the lockfile only', () => {
    const runs = stages.flatMap(({ name, instructions }) =>
      instructions
        .filter((each) => each.getKeyword() === 'RUN')
        .map((each) => `${name}: ${each.getArgumentsContent()}`),
    );
    expect(runs).toContain('dependencies: npm ci --omit=dev --prefer-offline');
    expect(runs.filter((run) => /npm (i|install)\b|curl|wget/.test(run))).toEqual([]);
  });

  it('is also linked at the top of the checkout, where Heroku looks for it', () => {
    expect(realpathSync(join(ROOT, 'Dockerfile'))).toBe(realpathSync(join(ROOT, 'docker/Dockerfile')));
  });

  it('has the Go that the Temporal CLI asks for', () => {
    const wanted = Number(/^go 1\.(\d+)/m.exec(read('scripts/temporal-cli/go.mod'))?.[1]);
    const image = stages.find(({ name }) => name === 'temporal-cli')?.from ?? '';
    expect(Number(/^golang:1\.(\d+)-/.exec(image)?.[1])).toBeGreaterThanOrEqual(wanted);
  });
});

describe('the all-in-one container', () => {
  it('makes the search attributes that the code uses', () => {
    const text = read('docker/all-in-one.cjs');
    const made = /SEARCH_ATTRIBUTES = \[(.*)\]/.exec(text)?.[1] ?? '';
    expect(made.split(', ').map((name) => name.replaceAll("'", ''))).toEqual(SEARCH_ATTRIBUTE_NAMES);
  });

  it('starts API and worker as their own images do', () => {
    const text = read('docker/all-in-one.cjs');
    for (const target of ['api', 'worker'])
      expect(text).toContain(
        settingsOf(stages, target)
          .command.slice(1)
          .map((word) => `'${word}'`)
          .join(', '),
      );
    expect(existsSync(join(ROOT, 'scripts/temporal-cli/go.sum'))).toBe(true);
  });
});

describe('the health check', () => {
  let server: Server;
  let status = 200;
  let asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end('{"status":"unavailable"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => (asked = []));

  function check(...names: string[]): Promise<{ code: number | null; error: string }> {
    const port = String((server.address() as AddressInfo).port);
    const child = spawn(process.execPath, [join(ROOT, 'docker/healthcheck.cjs'), ...names], {
      env: { ...process.env, PORT: port, WORKER_HEALTH_PORT: port },
    });
    let error = '';
    child.stderr.on('data', (chunk) => (error += chunk));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, error })));
  }

  it('passes if all named processes are ready', async () => {
    status = 200;
    expect(await check('api', 'worker')).toEqual({ code: 0, error: '' });
    expect(asked).toEqual(['/ready', '/ready']);
  });

  it('fails with the answer if one is not ready, and for an unknown name', async () => {
    status = 503;
    expect(await check('api')).toEqual({ code: 1, error: 'api: 503 {"status":"unavailable"}\n' });
    expect((await check('apiary')).code).toBe(1);
  });
});
