import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import pg from 'pg';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/config';
import { EnvSchema } from '../../src/config/env';
import { connectRedis } from '../../src/platform/redis/redis';
import { temporalAddress } from '../../src/platform/temporal/connection';
import { RecordingLogger } from '../../src/testing/recording-logger';
import { readDockerfile, settingsOf } from './dockerfile';

const ROOT = join(__dirname, '../..');
const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const app = json('app.json') as {
  stack: string;
  formation: Record<string, unknown>;
  addons: { plan: string }[];
  env: Record<string, { value?: string; generator?: string; required?: boolean }>;
};
const heroku = parse(readFileSync(join(ROOT, 'heroku.yml'), 'utf8'));
const dockerfile = readDockerfile(join(ROOT, 'docker/Dockerfile'));

/** What the operator fills in, and what Heroku's add-ons set. */
const FILLED = {
  PUBLIC_URL: 'https://school.herokuapp.com',
  ADMIN_EMAIL: 'it@school.example',
  ADMIN_PASSWORD: 'three dry herons',
  TEMPORAL_ADDRESS: 'eu-central-1.aws.api.temporal.io:7233',
  TEMPORAL_NAMESPACE: 'school.a1b2c',
  TEMPORAL_API_KEY: 'a-key',
  TEMPORAL_CODEC_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
  S3_BUCKET: 'exports',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
  SESSION_SECRET: 's'.repeat(64),
};
const SET_BY_HEROKU = {
  PORT: '24601',
  DATABASE_URL: 'postgres://user:password@ec2-1-2-3-4.compute-1.amazonaws.com:5432/dbname',
  REDIS_URL: 'rediss://:password@ec2-1-2-3-4.compute-1.amazonaws.com:6380',
};

describe('app.json', () => {
  it("is valid by Heroku's own schema", () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    const schema = json('docker/schemas/app-json.schema.json');
    // The schema lists only the stacks of buildpacks. For apps with a heroku.yml, Heroku's documentation
    // says `container`.
    schema.definitions.stack.enum.push('container');
    const validate = ajv.compile(schema);
    validate(app);
    expect(validate.errors).toBeNull();
  });

  it('asks for what the code needs, and for nothing that it does not read', () => {
    // PGSSLMODE is read by the PostgreSQL client itself.
    const unknown = Object.keys(app.env).filter((name) => !(name in EnvSchema.shape) && name !== 'PGSSLMODE');
    expect(unknown).toEqual([]);
    const values = Object.entries(app.env).flatMap(([name, { value }]) =>
      value === undefined ? [] : [[name, value]],
    );
    const asked = Object.entries(app.env).filter(
      ([, { value, required }]) => value === undefined && required !== false,
    );
    expect(asked.map(([name]) => name).sort()).toEqual(Object.keys(FILLED).sort());
    expect(app.env.SESSION_SECRET?.generator).toBe('secret');
    expect(loadConfig({ ...Object.fromEntries(values), ...FILLED, ...SET_BY_HEROKU })).toMatchObject({
      PORT: 24_601,
      isProduction: true,
      TRUST_PROXY: 1,
      REDIS_TLS_VERIFY: false,
    });
  });
});

describe('heroku.yml', () => {
  it('builds the targets from the folder of all files, migrates before a release, and runs what the images run', () => {
    expect(heroku.build.docker).toEqual({
      web: { dockerfile: 'Dockerfile', target: 'api' },
      worker: { dockerfile: 'Dockerfile', target: 'worker' },
    });
    expect(heroku.release).toEqual({
      image: 'worker',
      command: [settingsOf(dockerfile, 'migrate').command.join(' ')],
    });
    expect(heroku.run).toEqual({
      web: settingsOf(dockerfile, 'api').command.join(' '),
      worker: settingsOf(dockerfile, 'worker').command.join(' '),
    });
    expect(Object.keys(app.formation)).toEqual(Object.keys(heroku.run));
  });

  it('sets what app.json sets', () => {
    const { config, addons } = heroku.setup;
    for (const [name, value] of Object.entries(config))
      expect([name, app.env[name]?.value]).toEqual([name, value]);
    expect(addons).toEqual(app.addons);
  });
});

describe('certificates that a service has signed itself', () => {
  const mode = process.env.PGSSLMODE;
  afterEach(() => {
    if (mode === undefined) delete process.env.PGSSLMODE;
    else process.env.PGSSLMODE = mode;
  });

  it('are taken of PostgreSQL with PGSSLMODE=no-verify, as the address that Heroku sets cannot say so', () => {
    process.env.PGSSLMODE = 'no-verify';
    const client = new pg.Client({ connectionString: SET_BY_HEROKU.DATABASE_URL }) as unknown as {
      connectionParameters: { ssl: unknown };
    };
    expect(client.connectionParameters.ssl).toEqual({ rejectUnauthorized: false });
  });

  it('of Redis are not verified if REDIS_TLS_VERIFY is false, and never change an address without TLS', () => {
    const tlsOf = (url: string, verifyTls: boolean) => {
      const redis = connectRedis(url, new RecordingLogger(), { verifyTls });
      redis.disconnect();
      return redis.options.tls;
    };
    expect(tlsOf('rediss://127.0.0.1:1', false)).toMatchObject({ rejectUnauthorized: false });
    expect(tlsOf('rediss://127.0.0.1:1', true)).toBe(true);
    expect(tlsOf('redis://127.0.0.1:1', false)).toBeUndefined();
  });
});

it('speaks TLS with Temporal Cloud because of its key', () => {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: apiKey } = FILLED;
  expect(temporalAddress(loadConfig({ ...FILLED, ...SET_BY_HEROKU }))).toEqual({
    address,
    apiKey,
    tls: true,
  });
});
