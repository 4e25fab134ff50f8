import { z } from 'zod';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const url = (...protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol);
      } catch {
        return false;
      }
    },
    `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/**
 * Every variable that the processes read, with its meaning. `.env.example` lists the same ones (a test holds
 * them equal), and nothing else in the code reads `process.env`.
 */
export const EnvSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('development, test or production. Production writes JSON logs.'),
  HOST: z.string().min(1).default('0.0.0.0').describe('The address the API listens on.'),
  PORT: integer(0, 65_535).default(3000).describe('The port the API listens on.'),
  PUBLIC_URL: url('http:', 'https:')
    .optional()
    .describe(
      'The address under which clients reach the API; used in links. Default: http://localhost:PORT.',
    ),
  TRUST_PROXY: integer(0, 10)
    .default(0)
    .describe('How many reverse proxies stand before the API; decides whose address counts as the client.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('The least level that is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('json or pretty. Default: json in production, pretty otherwise.'),

  DATABASE_URL: url('postgres:', 'postgresql:').describe(
    'PostgreSQL 16 with the extensions ltree and pg_trgm.',
  ),
  DATABASE_DIRECT_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe(
      'The same database past any transaction pooler, for LISTEN and migrations. Default: DATABASE_URL.',
    ),
  DATABASE_POOL_MAX: integer(1, 200).default(10).describe('Most connections of one process.'),

  REDIS_URL: url('redis:', 'rediss:')
    .optional()
    .describe(
      'Redis 7, for rate limits shared between processes. Without it each process counts for itself.',
    ),

  TEMPORAL_ADDRESS: z
    .string()
    .min(1)
    .default('localhost:7233')
    .describe('host:port of the Temporal frontend.'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default').describe('The Temporal namespace.'),
  TEMPORAL_API_KEY: z.string().min(1).optional().describe('API key for Temporal Cloud; switches TLS on.'),
  TEMPORAL_TLS: flag.default(false).describe('true to speak TLS with Temporal.'),
  TEMPORAL_UI_URL: url('http:', 'https:')
    .optional()
    .describe('Where operators find the Temporal Web UI; used in links.'),
  WORKFLOW_BUNDLE: z
    .string()
    .min(1)
    .optional()
    .describe('The prebuilt workflow bundle of the worker. Default: bundle.js beside worker.js.'),

  SESSION_SECRET: z
    .string()
    .min(32)
    .describe(
      'At least 32 random characters. Signs access tokens and CSRF tokens; changing it ends every one of them.',
    ),
  COOKIE_DOMAIN: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Share the cookies with the subdomains of this domain. Without it they are __Host- cookies of one host.',
    ),
  CORS_ORIGINS: list
    .default([])
    .describe('Comma-separated origins of web clients, for instance https://app.example.org.'),
  REGISTRATION_MODE: z
    .enum(['open', 'invite', 'closed'])
    .default('closed')
    .describe('Who may register: anybody, people with an invitation, or nobody.'),
  ADMIN_EMAIL: z.email().optional().describe('E-mail of the first platform admin, made at start if missing.'),
  ADMIN_PASSWORD: z
    .string()
    .min(12)
    .optional()
    .describe('The first password of that admin; change it after the first log-in.'),

  RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(100)
    .describe('Requests a minute of one signed-in user.'),
  RATE_LIMIT_MESSAGES_PER_MINUTE: integer(1, 1_000_000)
    .default(10)
    .describe('Chat messages a minute of one signed-in user.'),
  RATE_LIMIT_ADDRESS_PER_MINUTE: integer(1, 1_000_000)
    .default(600)
    .describe(
      'Requests a minute of one address without a signed-in user. High enough for a school behind one address.',
    ),

  AI_GATEWAY_URL: url('http:', 'https:')
    .optional()
    .describe(
      'An OpenAI-compatible endpoint: OpenRouter, LiteLLM, Ollama, vLLM. Default: OpenRouter if AI_API_KEY is set, else the embedded demo provider.',
    ),
  AI_API_KEY: z.string().min(1).optional().describe('The key for AI_GATEWAY_URL.'),
  AI_DEFAULT_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe('The model of tools that name none. Default: a current one of the provider.'),
  AI_TIMEOUT_MS: integer(100, 600_000)
    .default(60_000)
    .describe('Longest wait for a whole answer of the model, in milliseconds.'),
  AI_FIRST_TOKEN_TIMEOUT_MS: integer(100, 600_000)
    .default(20_000)
    .describe('Longest wait for the first token, and between two tokens, in milliseconds.'),

  SHUTDOWN_GRACE_MS: integer(0, 600_000)
    .default(20_000)
    .describe('How long requests and streams in flight may go on after SIGTERM, in milliseconds.'),
});

export type Env = z.infer<typeof EnvSchema>;

const PAIRS: readonly (readonly [keyof Env, keyof Env])[] = [['ADMIN_EMAIL', 'ADMIN_PASSWORD']];

/** Thrown at start; its message names every wrong or missing variable, one a line. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/** The variables that are set. Empty strings count as absent, as `docker compose` passes unset variables so. */
function givenIn(source: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function problemsOf(error: z.ZodError, given: Record<string, unknown>): string[] {
  return error.issues.map((issue) => {
    const name = issue.path.join('.');
    const description = EnvSchema.shape[name as keyof Env]?.description ?? '';
    return name in given ? `${name} is wrong: ${issue.message}` : `${name} is missing: ${description}`;
  });
}

function refuse(problems: readonly string[]): EnvError {
  return new EnvError(`The configuration is not usable:\n  ${problems.join('\n  ')}`);
}

/**
 * Reads and checks the environment.
 * @throws EnvError naming every variable that is wrong or missing.
 */
export function parseEnv(source: NodeJS.ProcessEnv): Env {
  const given = givenIn(source);
  const result = EnvSchema.safeParse(given);
  const problems = result.success ? [] : problemsOf(result.error, given);
  for (const [one, other] of PAIRS) {
    if (one in given !== other in given)
      problems.push(`${one} and ${other} go together: set both or neither`);
  }
  if (!result.success || problems.length > 0) throw refuse(problems);
  return result.data;
}

/** What a process needs that does nothing but migrate. @throws EnvError */
export function parseDatabaseEnv(
  source: NodeJS.ProcessEnv,
): Pick<Env, 'DATABASE_URL' | 'DATABASE_DIRECT_URL'> {
  const given = givenIn(source);
  const result = EnvSchema.pick({ DATABASE_URL: true, DATABASE_DIRECT_URL: true }).safeParse(given);
  if (!result.success) throw refuse(problemsOf(result.error, given));
  return result.data;
}
