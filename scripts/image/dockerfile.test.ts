import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTE_NAMES } from '../../src/platform/temporal/search-attributes';
import { BuildContext } from './build-context';
import { parseDockerfile, readDockerfile, settingsOf, stagesFor } from './dockerfile';

const ROOT = join(__dirname, '../..');
const stages = readDockerfile(join(ROOT, 'docker/Dockerfile'));
const context = new BuildContext(ROOT);
const files = context.files();
const TARGETS = ['api', 'worker', 'migrate', 'all-in-one'];

describe('the build context', () => {
  it('holds what the build takes, and of each folder the sources alone', () => {
    for (const file of [
      'package-lock.json',
      'src/server.ts',
      'workflows/worker.ts',
      'prisma/schema.prisma',
      'LICENSE',
    ])
      expect(files).toContain(file);
    const folders = new Set(files.map((file) => file.split('/')[0] ?? ''));
    expect([...folders].sort()).toEqual(
      ['.npmrc', 'LICENSE', 'docker', 'package-lock.json', 'package.json', 'prisma', 'prisma.config.ts', 'scripts', 'src',
        'tsconfig.build.json', 'tsconfig.json', 'workflows'].sort(),
    ); // biome-ignore format: one list
    expect(files.filter((file) => /\.test\.ts$|\/testing\/|\/generated\/|\/histories\//.test(file))).toEqual(
      [],
    );
  });

  it.each([
    '.env',
    'docker/.env',
    'src/.env',
    'src/.env.local',
    'node_modules/pg/index.js',
    '.git/config',
    '.data/secrets.json',
    'storage/x',
    'dist/src/server.js',
  ])('leaves out %s', (path) => expect(context.contains(path)).toBe(false));
});

describe('the Dockerfile', () => {
  it('copies only what there is, and from stages that come before', () => {
    const seen: string[] = [];
    for (const { name, from, instructions } of stages) {
      expect([
        from,
        seen.includes(from) ||
          /^(node|golang):[\d.]+-bookworm(-slim)?$|^node:[\d.]+-bookworm-slim$/.test(from),
      ]).toEqual([from, true]);
      for (const { text, flags } of instructions.filter((each) => each.name === 'COPY')) {
        const sources = text.split(/\s+/).slice(0, -1);
        if (flags.from !== undefined) expect(seen).toContain(flags.from);
        else
          for (const source of sources)
            expect([source, files.some((file) => file === source || file.startsWith(`${source}/`))]).toEqual([
              source,
              true,
            ]);
      }
      seen.push(name);
    }
  });

  it.each(TARGETS)('%s: does not run as root, and starts files that are there', (target) => {
    const { user, command, env, healthcheck } = settingsOf(stages, target);
    expect({ user, NODE_ENV: env.NODE_ENV }).toEqual({ user: 'node', NODE_ENV: 'production' });
    for (const word of [...command, ...healthcheck].filter((each) => each.includes('/'))) {
      const source = word.replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect([source, files.includes(source)]).toEqual([source, true]);
    }
    expect(healthcheck.length > 0).toBe(target !== 'migrate');
    expect(stagesFor(stages, target).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dependencies', 'build', 'runtime']),
    );
  });

  it('installs for production in what is shipped, and from the lockfile alone', () => {
    const runs = stages.flatMap(({ name, instructions }) =>
      instructions.filter((each) => each.name === 'RUN').map(({ text }) => `${name}: ${text}`),
    );
    expect(runs).toContain('dependencies: npm ci --omit=dev --prefer-offline');
    expect(runs.filter((run) => /npm (i|install)\b|curl|wget/.test(run))).toEqual([]);
  });

  it('copies what changes most often last', () => {
    const copies =
      stages.find(({ name }) => name === 'build')?.instructions.filter((each) => each.name === 'COPY') ?? [];
    expect(copies[0]?.text).toMatch(/^package\.json package-lock\.json/);
    expect(copies.at(-1)?.text).toBe('src src');
  });

  it('is the one at the top of the checkout too, where Heroku looks for it', () => {
    expect(realpathSync(join(ROOT, 'Dockerfile'))).toBe(realpathSync(join(ROOT, 'docker/Dockerfile')));
  });

  it('has the Go that the Temporal CLI asks for', () => {
    const wanted = Number(
      /^go 1\.(\d+)/m.exec(readFileSync(join(ROOT, 'scripts/temporal-cli/go.mod'), 'utf8'))?.[1],
    );
    const image = stages.find(({ name }) => name === 'temporal-cli')?.from ?? '';
    expect(Number(/^golang:1\.(\d+)-/.exec(image)?.[1])).toBeGreaterThanOrEqual(wanted);
  });

  it('is refused where a folder could not stand in for an instruction', () => {
    expect(() => parseDockerfile('FROM node:20\nADD https://example.org/x /x')).toThrow('Dockerfile:2: "ADD');
  });
});

describe('the all-in-one container', () => {
  it('makes the search attributes that the code uses', () => {
    const text = readFileSync(join(ROOT, 'docker/all-in-one.cjs'), 'utf8');
    const made = /SEARCH_ATTRIBUTES = \[(.*)\]/.exec(text)?.[1] ?? '';
    expect(made.split(', ').map((name) => name.replaceAll("'", ''))).toEqual(SEARCH_ATTRIBUTE_NAMES);
  });

  it('starts API and worker as their own images do', () => {
    const text = readFileSync(join(ROOT, 'docker/all-in-one.cjs'), 'utf8');
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

  it('passes where all that are named are ready', async () => {
    status = 200;
    expect(await check('api', 'worker')).toEqual({ code: 0, error: '' });
    expect(asked).toEqual(['/ready', '/ready']);
  });

  it('fails with the answer where one is not, and with a name that nobody has', async () => {
    status = 503;
    expect(await check('api')).toEqual({ code: 1, error: 'api: 503 {"status":"unavailable"}\n' });
    expect((await check('apiary')).code).toBe(1);
  });
});
