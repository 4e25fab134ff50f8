import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, loadDirectDatabaseUrl, poolMaxFor } from './config';
import { EnvError, EnvSchema } from './env';

const LEAST = { DATABASE_URL: 'postgresql://a:b@localhost:5432/c', SESSION_SECRET: 's'.repeat(32) };

function problemsOf(source: Record<string, string>): string[] {
  try {
    loadConfig(source);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as EnvError).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('the configuration', () => {
  it('needs two variables and has a default for all others', () => {
    const config = loadConfig(LEAST);
    expect(config).toMatchObject({
      PORT: 3000,
      NODE_ENV: 'development',
      LOG_FORMAT: 'pretty',
      PUBLIC_URL: 'http://localhost:3000',
      DATABASE_DIRECT_URL: LEAST.DATABASE_URL,
      isProduction: false,
    });
    expect(loadConfig({ ...LEAST, NODE_ENV: 'production' })).toMatchObject({
      LOG_FORMAT: 'json',
      isProduction: true,
    });
  });

  it('has two connections per processor plus one, unless a setting says how many', () => {
    expect([1, 2, 3, 4, 5, 64].map(poolMaxFor)).toEqual([4, 5, 7, 9, 10, 10]);
    expect(loadConfig(LEAST).DATABASE_POOL_MAX).toBeGreaterThanOrEqual(4);
    expect(loadConfig({ ...LEAST, DATABASE_POOL_MAX: '3' }).DATABASE_POOL_MAX).toBe(3);
  });

  it('is frozen', () => {
    const config = loadConfig(LEAST) as { PORT: number };
    expect(() => {
      config.PORT = 1;
    }).toThrow(TypeError);
  });

  it('treats an empty variable as not set', () => {
    expect(loadConfig({ ...LEAST, PORT: '', REDIS_URL: '' })).toMatchObject({ PORT: 3000 });
    expect(problemsOf({ ...LEAST, SESSION_SECRET: '' })).toHaveLength(1);
  });

  it('names all wrong and missing variables together', () => {
    const problems = problemsOf({
      PORT: 'x',
      DATABASE_URL: 'localhost',
      CORS_ORIGINS: 'https://a.example',
      TEMPORAL_TLS: 'yes',
      REDIS_URL: 'http://x',
    });
    expect(problems.map((problem) => problem.replace(/:.*/, '')).sort()).toEqual([
      'DATABASE_URL is wrong',
      'PORT is wrong',
      'REDIS_URL is wrong',
      'SESSION_SECRET is missing',
      'TEMPORAL_TLS is wrong',
    ]);
  });

  it('never repeats the value of a wrong variable, which may be a secret', () => {
    expect(problemsOf({ ...LEAST, SESSION_SECRET: 'too-short-secret' }).join()).not.toContain(
      'too-short-secret',
    );
  });

  it('wants both or neither of what goes together', () => {
    expect(problemsOf({ ...LEAST, ADMIN_EMAIL: 'a@example.org' })).toEqual([
      'ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither',
    ]);
    expect(problemsOf({ ...LEAST, S3_BUCKET: 'exports', S3_ACCESS_KEY_ID: 'a' })).toEqual([
      'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both or neither',
    ]);
    expect(problemsOf({ ...LEAST, S3_ENDPOINT: 'https://s3.example.org' })).toEqual([
      'S3_ENDPOINT needs S3_BUCKET: set both or neither',
    ]);
  });

  it('reads lists, flags and addresses', () => {
    const config = loadConfig({
      ...LEAST,
      CORS_ORIGINS: ' https://a.example , https://b.example,',
      TEMPORAL_TLS: 'true',
      PUBLIC_URL: 'https://api.example.org/',
    });
    expect(config).toMatchObject({
      CORS_ORIGINS: ['https://a.example', 'https://b.example'],
      TEMPORAL_TLS: true,
      PUBLIC_URL: 'https://api.example.org',
    });
  });

  it('accepts the code of a currency in use, in upper or lower case, and no other text', () => {
    expect(loadConfig(LEAST).BILLING_CURRENCY).toBe('USD');
    expect(loadConfig({ ...LEAST, BILLING_CURRENCY: 'eur' }).BILLING_CURRENCY).toBe('EUR');
    for (const wrong of ['EURO', '€', 'DEM', 'ZZZ'])
      expect(problemsOf({ ...LEAST, BILLING_CURRENCY: wrong })).toEqual([
        'BILLING_CURRENCY is wrong: must be the ISO 4217 code of a currency in use, such as USD or EUR',
      ]);
  });

  it('needs only the address of the database for a migration', () => {
    expect(loadDirectDatabaseUrl({ DATABASE_URL: LEAST.DATABASE_URL })).toBe(LEAST.DATABASE_URL);
    expect(loadDirectDatabaseUrl({ ...LEAST, DATABASE_DIRECT_URL: 'postgres://direct/x' })).toBe(
      'postgres://direct/x',
    );
    expect(() => loadDirectDatabaseUrl({})).toThrow('DATABASE_URL is missing');
  });
});

describe('.env.example', () => {
  interface Entry {
    description: string;
    value: string;
  }

  /** Reads each variable with the comment directly above it. */
  function readExample(): Record<string, Entry> {
    const text = readFileSync(path.resolve(__dirname, '../../.env.example'), 'utf8');
    const entries: Record<string, Entry> = {};
    for (const block of text.split(/\n\s*\n/)) {
      const lines = block.trim().split('\n');
      const [, name, value] = /^#([A-Z][A-Z0-9_]*)=(.*)$/.exec(lines.at(-1) ?? '') ?? [];
      if (name === undefined) continue;
      const description = lines
        .slice(0, -1)
        .map((line) => line.replace(/^# /, ''))
        .join(' ');
      entries[name] = { description, value: value as string };
    }
    return entries;
  }

  it('documents every variable in the words of the schema, and no other', () => {
    const described = Object.fromEntries(
      Object.entries(EnvSchema.shape).map(([name, schema]) => [name, schema.description]),
    );
    expect(
      Object.fromEntries(Object.entries(readExample()).map(([name, { description }]) => [name, description])),
    ).toEqual(described);
    expect(Object.values(described)).not.toContain(undefined);
  });

  it('shows the defaults', () => {
    const config = loadConfig(LEAST) as unknown as Record<string, string | number | boolean | undefined>;
    const made = [
      'DATABASE_URL',
      'DATABASE_DIRECT_URL',
      'DATABASE_POOL_MAX',
      'LOG_FORMAT',
      'PUBLIC_URL',
      'SESSION_SECRET',
    ];
    const shown = Object.entries(readExample()).filter(([name]) => !made.includes(name));
    expect(Object.fromEntries(shown.map(([name, { value }]) => [name, value]))).toEqual(
      Object.fromEntries(shown.map(([name]) => [name, String(config[name] ?? '')])),
    );
  });
});
