import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { loadConfig, loadDirectDatabaseUrl } from '../../src/config/config';
import { EnvSchema } from '../../src/config/env';
import { settingsProbe } from '../doctor/settings';
import { type ComposeService, readComposeFile, readEnvFile, resolveComposeFile } from './compose-file';
import { readDockerfile, settingsOf } from './dockerfile';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'docker');
const written = readComposeFile(join(FOLDER, 'docker-compose.yml'));
const dockerfile = readDockerfile(join(FOLDER, 'Dockerfile'));

const folder = mkdtempSync(join(tmpdir(), 'compose-test-'));
const envFile = join(folder, '.env');
const PROFILES = 'backup,observability,storage,pooler';
const setUp = spawnSync('sh', [
  join(ROOT, 'scripts/setup-env'),
  ...['--domain', 'tools.school.example', '--admin-email', 'it@school.example'],
  ...['--profiles', PROFILES, '--output', envFile],
]);
const variables = setUp.status === 0 ? readEnvFile(envFile) : {};
const { services, networks, volumes } = resolveComposeFile(written, variables);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const service = (name: string): ComposeService => services[name] as ComposeService;
const names = Object.keys(services);
const isOnce = (name: string) => service(name).restart === 'on-failure:5';
/** Services whose images are built here. */
const OWN = ['migrate', 'api', 'worker'];
/** Services that only the server itself can reach. */
const OPERATORS = ['temporal-ui', 'jaeger', 'prometheus', 'grafana'];
/** Services whose images start as root unless the file says otherwise. */
const USERS = { postgres: 'postgres', redis: 'redis', 'temporal-ui': 'temporal', backup: 'postgres' };
const CAPABILITIES = { caddy: ['NET_BIND_SERVICE'], 'backup-volume': ['CHOWN', 'DAC_READ_SEARCH'] };
/**
 * Folders that images declare as volumes: without a volume of ours, each `up` leaves an anonymous one
 * behind.
 */
const DECLARED: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^postgres:/, ['/var/lib/postgresql/data']],
  [/^redis:/, ['/data']],
  [/^caddy:/, ['/data', '/config']],
  [/^jaegertracing\/jaeger:/, ['/tmp']],
  [/^prom\/prometheus:/, ['/prometheus']],
];

function megabytes(limit: string): number {
  const [, number, unit] = /^(\d+)([mg])$/.exec(limit) ?? [];
  return Number(number) * (unit === 'g' ? 1024 : 1);
}

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose specification', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    const schema = JSON.parse(readFileSync(join(FOLDER, 'schemas/compose-spec.json'), 'utf8'));
    const validate = ajv.compile(schema);
    validate(parse(readFileSync(join(FOLDER, 'docker-compose.yml'), 'utf8'), { merge: true }));
    expect(validate.errors).toBeNull();
  });

  it('needs nothing that setup-env has not written, and does not start without it', () => {
    expect(setUp.stderr.toString()).toBe('');
    expect(() => resolveComposeFile(written, {})).toThrow('is not set: run scripts/setup-env');
    expect(variables.COMPOSE_PROFILES).toBe(PROFILES);
    const profiles = new Set(names.flatMap((name) => service(name).profiles ?? []));
    expect([...profiles].sort()).toEqual(PROFILES.split(',').sort());
  });

  it('has no password in it', () => {
    for (const [name, { environment = {} }] of Object.entries(written.services))
      for (const [variable, value] of Object.entries(environment))
        if (/PASSWORD|PWD|SECRET|(?<!SIGN_)KEY/.test(variable))
          expect([name, variable, value]).toEqual([name, variable, expect.stringMatching(/^\$\{\w+:[?-]/)]);
    const text = readFileSync(join(FOLDER, 'docker-compose.yml'), 'utf8');
    for (const [, user] of text.matchAll(/:\/\/(\w*):(?!\$\{)/g)) expect(user).toBeUndefined();
  });

  it.each(names)(
    '%s: restarts, rotates its log, has a limit of memory and an image of one version',
    (name) => {
      const { restart, logging, mem_limit: limit, image, security_opt: security } = service(name);
      expect(restart).toMatch(/^(unless-stopped|on-failure:5)$/);
      expect(logging?.options).toEqual({ 'max-size': expect.any(String), 'max-file': expect.any(String) });
      expect(limit).toMatch(/^\d+[mg]$/);
      expect(image).toMatch(OWN.includes(name) ? /^raptscallions\/\w+:local$/ : /:v?\d+\.\d+\.\d+|:16\.\d+-/);
      expect(security).toEqual(['no-new-privileges:true']);
    },
  );

  it.each(names)('%s: can be asked how it is, and waits for what it needs', (name) => {
    const { healthcheck, depends_on: needs = {} } = service(name);
    // The image of the collector has no program for a health check. "Disabled" would make `up --wait` fail;
    // without a check the container only has to run.
    const isUnchecked = isOnce(name) || name === 'otel-collector';
    expect([name, healthcheck?.test === undefined, healthcheck?.disable]).toEqual([
      name,
      isUnchecked,
      undefined,
    ]);
    for (const [needed, { condition }] of Object.entries(needs))
      expect([needed, condition]).toEqual([
        needed,
        isOnce(needed) ? 'service_completed_successfully' : 'service_healthy',
      ]);
  });

  it('gives no service a capability that it does not need, and makes none of them root that need not be', () => {
    for (const name of names) {
      const { user, cap_drop: dropped, cap_add: added } = service(name);
      expect([name, dropped, added]).toEqual([
        name,
        ['ALL'],
        CAPABILITIES[name as keyof typeof CAPABILITIES],
      ]);
      expect([name, user]).toEqual([name, USERS[name as keyof typeof USERS]]);
    }
  });

  it('leaves no anonymous volume behind', () => {
    for (const name of names) {
      const { image, volumes: mounted = [], tmpfs = [] } = service(name);
      const covered = [
        ...mounted.map((each) => each.split(':')[1]),
        ...tmpfs.map((each) => each.split(':')[0]),
      ];
      const declared = DECLARED.find(([pattern]) => pattern.test(image))?.[1] ?? [];
      expect([name, declared.filter((path) => !covered.includes(path))]).toEqual([name, []]);
    }
  });

  it('asks PostgreSQL for the database that its first start makes last', () => {
    expect(service('postgres').healthcheck?.test).toEqual(
      expect.arrayContaining(['psql', '--host=127.0.0.1', '--dbname=raptscallions']),
    );
    const statements = readFileSync(join(FOLDER, 'postgres/init.sh'), 'utf8').match(/^[A-Z].*;$/gm);
    expect(statements?.at(-1)).toBe('ALTER DATABASE raptscallions_new RENAME TO raptscallions;');
  });

  it('asks for Temporal by a name that needs no SRV record', () => {
    const { TEMPORAL_ADDRESS } = service('worker').environment ?? {};
    expect(service('temporal-namespace').environment?.TEMPORAL_ADDRESS).toBe(
      `passthrough:///${TEMPORAL_ADDRESS}`,
    );
  });

  it('mounts volumes that are declared and files that exist', () => {
    const mounted = names
      .flatMap((name) => service(name).volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '');
    const named = mounted.filter((source) => !source.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(volumes).sort());
    for (const source of mounted.filter((each) => each.startsWith('.')))
      expect([source, existsSync(join(FOLDER, source))]).toEqual([source, true]);
    for (const name of names)
      for (const network of service(name).networks ?? []) expect(networks).toHaveProperty([network]);
  });

  it('opens the proxy to the world, the tools of operators to the server itself, and nothing else', () => {
    for (const name of names) {
      const { ports = [], networks: joined = [] } = service(name);
      if (name === 'caddy') expect(ports).toEqual(['80:80', '443:443', '443:443/udp']);
      else if (OPERATORS.includes(name))
        expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
      else expect([name, ports]).toEqual([name, []]);
      const isInside = !['caddy', 'api', 'worker', ...OPERATORS].includes(name);
      expect([name, joined.filter((network) => networks[network]?.internal !== true).length === 0]).toEqual([
        name,
        isInside,
      ]);
    }
  });
});

describe('our own services', () => {
  it.each(OWN)('%s: runs what its image runs, from a stage that there is', (name) => {
    const { build, command, healthcheck, environment = {} } = service(name);
    const settings = settingsOf(dockerfile, name);
    expect(build).toEqual({ context: '..', dockerfile: 'docker/Dockerfile', target: name });
    expect(command).toEqual(settings.command);
    expect(healthcheck?.test).toEqual(
      settings.healthcheck.length === 0 ? undefined : ['CMD', ...settings.healthcheck],
    );
    const script =
      command?.find((word) => word.startsWith('dist/'))?.replace(/^dist\/(.*)\.js$/, '$1.ts') ?? '';
    expect(existsSync(join(ROOT, script))).toBe(true);
    for (const file of settings.healthcheck.filter((word) => word.includes('/')))
      expect(existsSync(join(ROOT, file))).toBe(true);
    if (name === 'migrate') expect(loadDirectDatabaseUrl(environment)).toContain('@postgres:5432/');
  });

  it.each(OWN)('%s: is read-only, and not root', (name) => {
    const { read_only: readOnly, tmpfs } = service(name);
    expect(readOnly).toBe(true);
    expect(tmpfs).toEqual([expect.stringMatching(/^\/tmp:/)]);
    expect(settingsOf(dockerfile, name).user).toBe('node');
  });

  it.each(['api', 'worker'])('%s: is told what the code reads, and nothing that it does not', (name) => {
    const environment = service(name).environment ?? {};
    const known = Object.keys(EnvSchema.shape);
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
    const config = loadConfig(environment);
    expect(config).toMatchObject({
      isProduction: true,
      PUBLIC_URL: 'https://tools.school.example',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: service('temporal-namespace').environment?.TEMPORAL_NAMESPACE,
    });
    expect(config.DATABASE_URL).toContain('@pgbouncer:6432/');
    expect(config.TEMPORAL_CODEC_KEYS).toHaveLength(1);
  });

  it.each(['api', 'worker'])('%s: has settings with which the doctor is content', async (name) => {
    const probe = settingsProbe(
      loadConfig({ ...service(name).environment, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }),
    );
    expect(await probe.run()).toMatchObject({ secrets: { state: 'ok' }, production: { state: 'ok' } });
  });

  it('accept every setting except for those that the file itself decides', () => {
    const decided = [
      ...['HOST', 'LOG_FORMAT', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS', 'WORKFLOW_BUNDLE', 'WORKER_QUEUES'],
      ...['RESEND_API_URL', 'SHUTDOWN_GRACE_MS', 'OTEL_SERVICE_NAME', 'OTEL_METRIC_EXPORT_INTERVAL'],
      'REDIS_TLS_VERIFY',
      ...['DATABASE_POOL_MAX', 'DATABASE_WAIT_MS', 'DATABASE_STATEMENT_MS', 'TEMPORAL_WAIT_MS'],
    ];
    const told = { ...service('api').environment, ...service('worker').environment };
    const missing = Object.keys(EnvSchema.shape).filter((variable) => !(variable in told));
    expect(missing.filter((variable) => !decided.includes(variable))).toEqual([]);
  });

  it('agrees with itself about ports', () => {
    const { PORT, METRICS_PORT } = service('api').environment ?? {};
    const { WORKER_HEALTH_PORT } = service('worker').environment ?? {};
    expect(service('caddy').environment?.UPSTREAM).toBe(`api:${PORT}`);
    expect(settingsOf(dockerfile, 'api').exposes).toEqual([Number(PORT)]);
    expect(settingsOf(dockerfile, 'worker').exposes).toEqual([Number(WORKER_HEALTH_PORT)]);
    expect(settingsOf(dockerfile, 'worker').env.WORKER_HEALTH_PORT).toBe(WORKER_HEALTH_PORT);
    const prometheus = parse(readFileSync(join(FOLDER, 'observability/prometheus/prometheus.yml'), 'utf8'));
    const scraped = JSON.stringify(prometheus.scrape_configs);
    for (const [name, port] of Object.entries({ api: METRICS_PORT, worker: WORKER_HEALTH_PORT }))
      expect(scraped).toMatch(new RegExp(`"${name}:${port}"|"${name}"\\],"type":"A","port":${port}`));
    expect(variables.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://otel-collector:4318');
  });

  it('keeps what API and worker share on one volume', () => {
    for (const name of ['api', 'worker']) {
      const { volumes: mounted, environment } = service(name);
      expect(mounted).toEqual(['data:/data']);
      expect(environment?.STORAGE_DIR).toBe(settingsOf(dockerfile, name).env.STORAGE_DIR);
      expect(environment?.STORAGE_DIR).toMatch(/^\/data\//);
    }
  });

  it('has limits that fit together', () => {
    for (const name of ['api', 'worker']) {
      const { command = [], mem_limit: limit = '', stop_grace_period: grace } = service(name);
      const heap = Number(/=(\d+)$/.exec(command.find((word) => word.startsWith('--max-old')) ?? '')?.[1]);
      // Memory besides the heap of the main thread: code, buffers, threads and Temporal's native part.
      expect(megabytes(limit)).toBeGreaterThan(heap + 200);
      // The grace period for work in progress, plus four seconds to close connections
      // (src/platform/lifecycle.ts).
      expect(Number.parseInt(grace ?? '', 10) * 1000).toBeGreaterThan(
        loadConfig(service(name).environment).SHUTDOWN_GRACE_MS + 4_000,
      );
    }
    const { RETENTION_OUTBOX_DAYS } = loadConfig(service('worker').environment);
    const retention = Number.parseInt(service('temporal-namespace').environment?.RETENTION ?? '', 10);
    expect(retention).toBeLessThan(RETENTION_OUTBOX_DAYS * 24);
  });

  it('runs the Temporal that the tests run', () => {
    const sums = readFileSync(join(ROOT, 'scripts/temporal-cli/go.mod'), 'utf8');
    const version = /go\.temporal\.io\/server v([\d.]+)/.exec(sums)?.[1];
    expect(service('temporal').image).toBe(`temporalio/server:${version}`);
    for (const name of ['temporal-schema', 'temporal-namespace'])
      expect(service(name).image).toMatch(new RegExp(`^temporalio/admin-tools:${version}-`));
  });
});
