import {
  type Env,
  findTelemetryEnv,
  parseDatabaseEnv,
  parseEnv,
  parseTemporalEnv,
  type TelemetryEnv,
  type TemporalEnv,
} from './env';

/** The settings of a process, checked and frozen. */
export interface Config extends Readonly<Env> {
  readonly LOG_FORMAT: 'json' | 'pretty';
  readonly PUBLIC_URL: string;
  readonly DATABASE_DIRECT_URL: string;
  readonly isProduction: boolean;
}

/**
 * The configuration from environment variables.
 * @throws EnvError naming every variable that is wrong or missing.
 */
export function loadConfig(source: NodeJS.ProcessEnv = process.env): Config {
  const env = parseEnv(source);
  const isProduction = env.NODE_ENV === 'production';
  return Object.freeze({
    ...env,
    isProduction,
    LOG_FORMAT: env.LOG_FORMAT ?? (isProduction ? 'json' : 'pretty'),
    PUBLIC_URL: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    DATABASE_DIRECT_URL: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
  });
}

/** Where Temporal is and how to speak with it. */
export type TemporalSettings = Readonly<TemporalEnv>;

/**
 * What an operator's script has to be told.
 * @param defaults for what is not set.
 * @throws EnvError naming every variable that is wrong.
 */
export function loadTemporalSettings(
  source: NodeJS.ProcessEnv = process.env,
  defaults: NodeJS.ProcessEnv = {},
): TemporalSettings {
  return parseTemporalEnv({ ...defaults, ...source });
}

/**
 * Where migrations run: the one thing that a migrating container has to be told.
 * @throws EnvError naming the variable that is wrong or missing.
 */
export function loadDirectDatabaseUrl(source: NodeJS.ProcessEnv = process.env): string {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = parseDatabaseEnv(source);
  return DATABASE_DIRECT_URL ?? DATABASE_URL;
}

/** Whether the processes come to that database through a transaction pooler. @throws EnvError */
export function isBehindPooler(source: NodeJS.ProcessEnv = process.env): boolean {
  return parseDatabaseEnv(source).DATABASE_POOLER !== 'none';
}

/** Where traces go, and which. */
export type TracingSettings = Readonly<TelemetryEnv> & { readonly OTEL_EXPORTER_OTLP_ENDPOINT: string };

/** The settings of tracing, which begins before anything else is loaded; null where no traces are wanted. */
export function findTracingSettings(source: NodeJS.ProcessEnv = process.env): TracingSettings | null {
  const settings = findTelemetryEnv(source);
  const endpoint = settings?.OTEL_EXPORTER_OTLP_ENDPOINT;
  return settings === null || endpoint === undefined
    ? null
    : { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
}
