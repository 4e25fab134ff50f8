import { availableParallelism } from 'node:os';
import {
  type Env,
  findTelemetryEnv,
  parseDatabaseEnv,
  parseEnv,
  parseTemporalEnv,
  type TelemetryEnv,
  type TemporalEnv,
} from './env';

/** The settings of a process, validated and frozen. */
export interface Config extends Readonly<Env> {
  readonly LOG_FORMAT: 'json' | 'pretty';
  readonly PUBLIC_URL: string;
  readonly DATABASE_DIRECT_URL: string;
  readonly DATABASE_POOL_MAX: number;
  readonly isProduction: boolean;
}

/**
 * Reads the configuration from environment variables.
 * @throws EnvError naming every variable that is wrong or missing
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
    DATABASE_POOL_MAX: env.DATABASE_POOL_MAX ?? poolMaxFor(availableParallelism()),
  });
}

/**
 * The pool size for a number of processors. More than a few connections per processor make every query wait
 * longer, without more work done.
 */
export function poolMaxFor(processors: number): number {
  return Math.min(10, Math.max(4, 2 * processors + 1));
}

/** The address of Temporal and the settings to connect to it. */
export type TemporalSettings = Readonly<TemporalEnv>;

/**
 * Reads the settings that an operator's script needs.
 * @param defaults for variables that are not set
 * @throws EnvError naming every variable that is wrong
 */
export function loadTemporalSettings(
  source: NodeJS.ProcessEnv = process.env,
  defaults: NodeJS.ProcessEnv = {},
): TemporalSettings {
  return parseTemporalEnv({ ...defaults, ...source });
}

/**
 * Reads the address where migrations run, the only setting that a migrating container needs.
 * @throws EnvError naming the variable that is wrong or missing
 */
export function loadDirectDatabaseUrl(source: NodeJS.ProcessEnv = process.env): string {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = parseDatabaseEnv(source);
  return DATABASE_DIRECT_URL ?? DATABASE_URL;
}

/** Whether the processes reach that database through a transaction pooler. @throws EnvError */
export function isBehindPooler(source: NodeJS.ProcessEnv = process.env): boolean {
  return parseDatabaseEnv(source).DATABASE_POOLER !== 'none';
}

export type ServiceName = 'api' | 'worker';

/** The settings with which OpenTelemetry's SDK starts. */
export interface TelemetrySettings extends Readonly<TelemetryEnv> {
  readonly isTraced: boolean;
  /** Whether metrics are sent to the collector. */
  readonly sendsMetrics: boolean;
  /** Whether the process serves `/metrics` on a port. */
  readonly isScraped: boolean;
}

/**
 * Reads the settings of the SDK, which starts before anything else is loaded. Returns null if neither
 * traces nor metrics are wanted.
 */
export function findTelemetrySettings(
  service: ServiceName,
  source: NodeJS.ProcessEnv = process.env,
): TelemetrySettings | null {
  const settings = findTelemetryEnv(source);
  if (settings === null) return null;
  const isTraced = settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  const port = service === 'api' ? settings.METRICS_PORT : settings.WORKER_HEALTH_PORT;
  const isScraped = port !== undefined;
  return isTraced || isScraped
    ? { ...settings, isTraced, isScraped, sendsMetrics: sendsMetrics(settings) }
    : null;
}

/** Whether the collector gets metrics in addition to traces. */
export function sendsMetrics(
  settings: Pick<TelemetryEnv, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_METRICS_EXPORTER'>,
): boolean {
  return settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && settings.OTEL_METRICS_EXPORTER === 'otlp';
}
