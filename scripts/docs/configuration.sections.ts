/** A part of the reference. It begins at a setting and ends before the next section's first setting. */
export interface Section {
  title: string;
  /** The setting with which it begins, in the order of the schema. */
  first: string;
  text: string;
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'Processes',
    first: 'NODE_ENV',
    text: 'How the API and the worker run, and at which addresses they answer.',
  },
  {
    title: 'Telemetry',
    first: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    text: 'Traces and metrics. If you set none of these, nothing is sent and no port is opened.',
  },
  {
    title: 'PostgreSQL',
    first: 'DATABASE_URL',
    text: 'PostgreSQL holds all data that must not be lost. [Capacity](operations.md#capacity) explains how to choose `DATABASE_POOL_MAX`.',
  },
  { title: 'Redis', first: 'REDIS_URL', text: 'Redis holds only data that may be lost.' },
  {
    title: 'Temporal and the worker',
    first: 'TEMPORAL_ADDRESS',
    text: 'Temporal runs every job that must finish. [Jobs](jobs.md) lists these jobs.',
  },
  { title: 'Sign-in', first: 'SESSION_SECRET', text: 'Who may sign in, and how browsers stay signed in.' },
  {
    title: 'Rate limits',
    first: 'RATE_LIMIT_PER_MINUTE',
    text: 'A request over the limit is answered with 429 and `Retry-After`. The details in the body name the limit and the seconds to wait. Requests of signed-in users are counted by user. All other requests, including requests with a wrong credential, are counted by address.',
  },
  {
    title: 'Models',
    first: 'AI_GATEWAY_URL',
    text: 'If you set neither an address nor a key, an embedded demo provider answers. It works offline and is for trials only.',
  },
  { title: 'Files', first: 'STORAGE_DIR', text: 'Where exports are kept: in a folder or in a bucket.' },
  {
    title: 'Mail and push',
    first: 'WEB_APP_URL',
    text: 'Without a provider, no mail is sent in production. Users still find all notifications in their list.',
  },
  {
    title: 'Retention and reminders',
    first: 'RETENTION_RUNS_DAYS',
    text: 'How long data are kept. [Jobs](jobs.md#retention) explains which job deletes them.',
  },
  { title: 'Stopping', first: 'SHUTDOWN_GRACE_MS', text: 'How a process stops.' },
];

/** Settings that are optional, but that a production system should set. */
export const SET_IN_PRODUCTION: Readonly<Record<string, string>> = {
  NODE_ENV: '`production`: logs are JSON. No protection depends on it',
  PUBLIC_URL:
    'the address that users open, with `https://`. It is used in links and to check requests from browsers',
  TRUST_PROXY: '`1` behind one reverse proxy. Otherwise all users share the limits of one address',
  REDIS_URL: 'if you run more than one API process. Otherwise each process counts its own requests',
  TEMPORAL_ADDRESS: 'your Temporal cluster, or Temporal Cloud with `TEMPORAL_API_KEY`',
  TEMPORAL_UI_URL: 'so that `/admin/jobs` can link to it',
  TEMPORAL_CODEC_KEYS: 'encrypts what Temporal stores',
  WORKER_HEALTH_PORT: 'for the health probes and metrics of the worker',
  ADMIN_EMAIL: 'at the first start, with `ADMIN_PASSWORD`',
  CORS_ORIGINS: 'if the web client has another origin than the API',
  AI_GATEWAY_URL: 'with `AI_API_KEY` if the service needs a key. Otherwise the demo provider answers',
  STORAGE_DIR: 'a folder on a volume that the API and the worker share, unless you set `S3_BUCKET`',
  WEB_APP_URL: 'otherwise mails and push notifications contain no links',
  MAIL_FROM:
    'with `SMTP_URL` or `RESEND_API_KEY`. Otherwise mails are written to `MAIL_FOLDER`, or not sent at all',
};

/**
 * Which programs read a setting, if not both API and worker. A name ending in `*` stands for all settings
 * that begin with it.
 */
export const READERS: readonly (readonly [readers: string, names: readonly string[]])[] = [
  ['API, worker, `migrate`, `audit:verify`', ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_POOLER']],
  [
    'API, worker, `job`',
    [
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
      'TEMPORAL_API_KEY',
      'TEMPORAL_TLS',
      'TEMPORAL_WAIT_MS',
      'TEMPORAL_CODEC_KEYS',
    ],
  ],
  [
    'API',
    [
      'PORT',
      'TRUST_PROXY',
      'METRICS_PORT',
      'DATABASE_STATEMENT_MS',
      'TEMPORAL_UI_URL',
      'COOKIE_DOMAIN',
      'CORS_ORIGINS',
      'REGISTRATION_MODE',
      'ADMIN_EMAIL',
      'ADMIN_PASSWORD',
      'RATE_LIMIT_*',
    ],
  ],
  [
    'worker',
    [
      'WORKFLOW_BUNDLE',
      'WORKER_*',
      'RESEND_*',
      'SMTP_URL',
      'MAIL_FROM',
      'MAIL_FOLDER',
      'VAPID_PRIVATE_KEY',
      'VAPID_SUBJECT',
      'RETENTION_*',
      'REMINDER_LEAD_HOURS',
    ],
  ],
];
