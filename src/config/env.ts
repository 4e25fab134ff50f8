import { z } from 'zod';
import { isEmail, normalizedEmail } from '../shared/email';
import { TASK_QUEUES } from '../shared/task-queues';
import { parseCodecKeys } from './codec-keys';
import { currencyCode, flag, integer, isAllowedHost, isOriginPattern, url } from './env.types';
import { NOTIFICATIONS_ENV } from './notifications-env';
import { RETENTION_ENV } from './retention-env';
import { TELEMETRY_ENV } from './telemetry-env';

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const codecKeys = z.string().transform((value, context) => {
  try {
    return parseCodecKeys(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const queues = list.pipe(z.array(z.enum(TASK_QUEUES)).min(1)).transform((names) => [...new Set(names)]);

/**
 * Every variable that the processes read, with its meaning. A test keeps `.env.example` equal to it, and no
 * other code reads `process.env`.
 */
export const EnvSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('development, test or production. Production writes JSON logs.'),
  HOST: z
    .string()
    .min(1)
    .default('0.0.0.0')
    .describe('The address that the API and the worker listen on, including their metrics and health ports.'),
  PORT: integer(0, 65_535).default(3000).describe('The port the API listens on.'),
  PUBLIC_URL: url('http:', 'https:')
    .optional()
    .describe(
      'The address at which clients reach the API. It is used in links. Default: http://localhost:PORT.',
    ),
  TRUST_PROXY: integer(0, 10)
    .default(0)
    .describe(
      'The number of reverse proxies in front of the API. The API needs it to find the address of the client.',
    ),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('The lowest level that is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('json or pretty. Default: json in production, pretty otherwise.'),

  ...TELEMETRY_ENV,

  DATABASE_URL: url('postgres:', 'postgresql:').describe(
    'PostgreSQL 16 with the extensions ltree and pg_trgm.',
  ),
  DATABASE_DIRECT_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe(
      'The same database without a transaction pooler in between, for LISTEN and migrations. Default: DATABASE_URL.',
    ),
  DATABASE_POOLER: z
    .enum(['none', 'transaction', 'transaction-prepared'])
    .default('none')
    .describe(
      'The pooler that DATABASE_URL points to. none: the PostgreSQL server itself. transaction: a pooler in transaction mode, such as PgBouncer. transaction-prepared: a pooler in transaction mode that supports prepared statements (PgBouncer 1.21 or later with max_prepared_statements).',
    ),
  DATABASE_REPLICA_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe(
      'A streaming replica of the same database. Exports, reports and usage read from it. If it cannot be reached or is behind, they read from the primary.',
    ),
  DATABASE_POOL_MAX: integer(1, 200)
    .optional()
    .describe(
      'The maximum number of connections of each process. Default: two for each processor of the machine and one more, at least 4 and at most 10.',
    ),
  DATABASE_WAIT_MS: integer(100, 60_000)
    .default(1_800)
    .describe('How long a request waits for a connection, in milliseconds. After that the answer is 503.'),
  DATABASE_STATEMENT_MS: integer(100, 60_000)
    .default(2_000)
    .describe('How long one statement of a request may take, in milliseconds. After that the answer is 503.'),

  REDIS_URL: url('redis:', 'rediss:')
    .optional()
    .describe(
      'Redis 7, to share rate limits between processes. Without it, each process counts its own requests.',
    ),
  REDIS_TLS_VERIFY: flag
    .default(true)
    .describe(
      'Set false if Redis uses a self-signed certificate, as on Heroku. The connection is still encrypted.',
    ),

  TEMPORAL_ADDRESS: z
    .string()
    .min(1)
    .default('localhost:7233')
    .describe('host:port of the Temporal frontend.'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default').describe('The Temporal namespace.'),
  TEMPORAL_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('The API key for Temporal Cloud. It also turns on TLS.'),
  TEMPORAL_TLS: flag.default(false).describe('Set true to connect to Temporal with TLS.'),
  TEMPORAL_WAIT_MS: integer(100, 60_000)
    .default(2_500)
    .describe(
      'How long a request waits for Temporal, in milliseconds. After that the answer is 503. Jobs wait twice as long.',
    ),
  TEMPORAL_UI_URL: url('http:', 'https:')
    .optional()
    .describe('The address of the Temporal Web UI. It is used in links for operators.'),
  TEMPORAL_CODEC_KEYS: codecKeys
    .default([])
    .describe(
      'The keys that encrypt the data in Temporal: id:key pairs, separated by commas. A key is 32 random bytes in base64. The first key encrypts, and all keys decrypt. Without this setting the data (ids, codes and counts) are not encrypted.',
    ),
  WORKFLOW_BUNDLE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The file with the prebuilt workflow bundle of the worker. Default: bundle.js beside worker.js.',
    ),
  WORKER_QUEUES: queues
    .default([...TASK_QUEUES])
    .describe('The task queues that this worker serves, separated by commas. Default: all task queues.'),
  WORKER_HEALTH_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'The port on which the worker serves /health, /ready and /metrics. Without it, the worker serves none of them.',
    ),

  SESSION_SECRET: z
    .string()
    .min(32)
    .describe(
      'At least 32 random characters. It signs access tokens and CSRF tokens. If you change it, all of them become invalid.',
    ),
  COOKIE_DOMAIN: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Shares the cookies with the subdomains of this domain. Without it, the cookies are __Host- cookies for one host only.',
    ),
  CORS_ORIGINS: list
    .pipe(z.array(z.string().refine(isOriginPattern, 'must be origins such as https://app.example.org')))
    .default([])
    .describe(
      'The origins of the web clients, separated by commas: https://app.example.org. `http://localhost:*` allows every port.',
    ),
  OUTGOING_ALLOWED_HOSTS: list
    .pipe(
      z.array(z.string().refine(isAllowedHost, 'must be hosts such as 127.0.0.1 or push.example.org:8443')),
    )
    .default([])
    .describe(
      'Hosts, with or without a port, separated by commas. Addresses that users give (for Web Push) may point to these hosts even if they are inside your network or do not use TLS. Use it for development and tests only.',
    ),
  REGISTRATION_MODE: z
    .enum(['open', 'invite', 'closed'])
    .default('closed')
    .describe(
      'Who may register. open: everyone. invite: people with an invitation. closed: registration is off.',
    ),
  ADMIN_EMAIL: z
    .string()
    .overwrite(normalizedEmail)
    .refine(isEmail, 'must be an e-mail address')
    .optional()
    .describe('The e-mail of the first platform admin. This account is created once, at the first start.'),
  ADMIN_PASSWORD: z
    .string()
    .min(12)
    .optional()
    .describe('The first password of this admin. They must change it when they first sign in.'),

  RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(100)
    .describe('The number of requests that a signed-in user may send per minute.'),
  RATE_LIMIT_MESSAGES_PER_MINUTE: integer(1, 1_000_000)
    .default(10)
    .describe('The number of chat messages that a signed-in user may send per minute.'),
  RATE_LIMIT_DEFINITIONS_PER_MINUTE: integer(1, 1_000_000)
    .default(30)
    .describe(
      'The number of tool definitions per minute that a signed-in user may send, by creating or changing tools.',
    ),
  RATE_LIMIT_ADDRESS_PER_MINUTE: integer(1, 1_000_000)
    .default(600)
    .describe(
      'The number of requests per minute from one address without a signed-in user. The default is high enough for a school that shares one address.',
    ),

  AI_GATEWAY_URL: url('http:', 'https:')
    .optional()
    .describe(
      'The address of an OpenAI-compatible API: OpenRouter, LiteLLM, Ollama, vLLM. Default: OpenRouter if AI_API_KEY is set, otherwise the embedded demo provider.',
    ),
  AI_API_KEY: z.string().min(1).optional().describe('The key for AI_GATEWAY_URL.'),
  AI_DEFAULT_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe('The model for tools that do not name a model. Default: a current model of the provider.'),
  AI_TIMEOUT_MS: integer(100, 600_000)
    .default(60_000)
    .describe('How long to wait for the whole answer of a model, in milliseconds.'),
  AI_FIRST_TOKEN_TIMEOUT_MS: integer(100, 600_000)
    .default(20_000)
    .describe(
      'How long a model may send nothing, in milliseconds. Comments that keep the stream alive count as data.',
    ),
  BILLING_CURRENCY: currencyCode
    .default('USD')
    .describe(
      'The ISO 4217 code of the currency of the model prices. It is shown with every cost. If you change it, costs that are already recorded are not converted.',
    ),

  STORAGE_DIR: z
    .string()
    .min(1)
    .default('storage')
    .describe(
      'The folder for exports if S3_BUCKET is not set. The API and the worker must see the same folder.',
    ),
  S3_BUCKET: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/, 'must be the name of a bucket')
    .optional()
    .describe('The bucket for exports, at an S3-compatible service.'),
  S3_ENDPOINT: url('http:', 'https:')
    .optional()
    .describe('The address of the S3-compatible service. Default: Amazon S3.'),
  S3_REGION: z.string().min(1).default('us-east-1').describe('The region of the bucket.'),
  S3_ACCESS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe('The access key for the bucket. Without it, the AWS SDK uses the role of the machine.'),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('The secret of that access key.'),
  S3_FORCE_PATH_STYLE: flag
    .default(false)
    .describe('Set true for services that need the bucket name in the path: MinIO, Garage, versitygw.'),

  ...NOTIFICATIONS_ENV,

  ...RETENTION_ENV,

  SHUTDOWN_GRACE_MS: integer(0, 600_000)
    .default(20_000)
    .describe('How long open requests and streams may continue after SIGTERM, in milliseconds.'),
});

export type Env = z.infer<typeof EnvSchema>;

const TemporalEnvSchema = EnvSchema.pick({
  TEMPORAL_ADDRESS: true,
  TEMPORAL_NAMESPACE: true,
  TEMPORAL_API_KEY: true,
  TEMPORAL_TLS: true,
  TEMPORAL_WAIT_MS: true,
  TEMPORAL_CODEC_KEYS: true,
});
export type TemporalEnv = z.infer<typeof TemporalEnvSchema>;

const PAIRS: readonly (readonly [keyof Env, keyof Env])[] = [
  ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
  ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
];
/** Pairs of settings: the first one has no effect without the second, so half a pair is a mistake. */
const NEEDS: readonly (readonly [keyof Env, keyof Env])[] = [
  ['S3_ENDPOINT', 'S3_BUCKET'],
  ['S3_ACCESS_KEY_ID', 'S3_BUCKET'],
  ['RESEND_API_KEY', 'MAIL_FROM'],
  ['SMTP_URL', 'MAIL_FROM'],
  ['VAPID_PUBLIC_KEY', 'VAPID_SUBJECT'],
];
/** Session locks and LISTEN do not work through a transaction pooler. */
const POOLER_NEEDS_DIRECT =
  'DATABASE_POOLER needs DATABASE_DIRECT_URL: set it to the address of the database without the pooler';

/** Thrown at start. Its message names every wrong or missing variable, one per line. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * The variables that are set. Empty strings count as absent, because `docker compose` passes unset
 * variables as empty strings.
 */
function givenIn(source: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function problemsOf(error: z.ZodError, given: Record<string, unknown>): string[] {
  return error.issues.map((issue) => {
    // If one part of a list is wrong, the message names the whole variable.
    const name = String(issue.path[0]);
    const description = EnvSchema.shape[name as keyof Env]?.description ?? '';
    return name in given ? `${name} is wrong: ${issue.message}` : `${name} is missing: ${description}`;
  });
}

function refuse(problems: readonly string[]): EnvError {
  return new EnvError(`The configuration is not valid. Correct these settings:\n  ${problems.join('\n  ')}`);
}

/**
 * Reads and validates the environment.
 * @throws EnvError naming every variable that is wrong or missing
 */
export function parseEnv(source: NodeJS.ProcessEnv): Env {
  const given = givenIn(source);
  const result = EnvSchema.safeParse(given);
  const problems = result.success ? [] : problemsOf(result.error, given);
  for (const [one, other] of PAIRS) {
    if (one in given !== other in given)
      problems.push(`${one} and ${other} belong together: set both or neither`);
  }
  for (const [one, needed] of NEEDS) {
    if (one in given && !(needed in given)) problems.push(`${one} needs ${needed}: set both or neither`);
  }
  const { DATABASE_POOLER: pooler = 'none' } = given;
  if (pooler !== 'none' && given.DATABASE_DIRECT_URL === undefined) problems.push(POOLER_NEEDS_DIRECT);
  if (!result.success || problems.length > 0) throw refuse(problems);
  return result.data;
}

/** Reads the settings of a process that only talks to Temporal. @throws EnvError */
export function parseTemporalEnv(source: NodeJS.ProcessEnv): TemporalEnv {
  const given = givenIn(source);
  const result = TemporalEnvSchema.safeParse(given);
  if (!result.success) throw refuse(problemsOf(result.error, given));
  return result.data;
}

const TelemetryEnvSchema = EnvSchema.pick({
  OTEL_EXPORTER_OTLP_ENDPOINT: true,
  OTEL_SERVICE_NAME: true,
  OTEL_TRACES_SAMPLER_ARG: true,
  OTEL_METRICS_EXPORTER: true,
  OTEL_METRIC_EXPORT_INTERVAL: true,
  METRICS_PORT: true,
  WORKER_HEALTH_PORT: true,
});
export type TelemetryEnv = z.infer<typeof TelemetryEnvSchema>;

/**
 * Reads the settings that are needed before anything else is loaded. Returns null if they are wrong;
 * `parseEnv` reports that later.
 */
export function findTelemetryEnv(source: NodeJS.ProcessEnv): TelemetryEnv | null {
  return TelemetryEnvSchema.safeParse(givenIn(source)).data ?? null;
}

/** Reads the settings of a process that only migrates. @throws EnvError */
export function parseDatabaseEnv(
  source: NodeJS.ProcessEnv,
): Pick<Env, 'DATABASE_URL' | 'DATABASE_DIRECT_URL' | 'DATABASE_POOLER'> {
  const given = givenIn(source);
  const result = EnvSchema.pick({
    DATABASE_URL: true,
    DATABASE_DIRECT_URL: true,
    DATABASE_POOLER: true,
  }).safeParse(given);
  if (!result.success) throw refuse(problemsOf(result.error, given));
  return result.data;
}
