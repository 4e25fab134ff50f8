/** A part of the reference: it begins at a setting and goes on to the next section's. */
export interface Section {
  title: string;
  /** The setting it begins with, in the order of the schema. */
  first: string;
  text: string;
}

export const SECTIONS: readonly Section[] = [
  { title: 'Processes', first: 'NODE_ENV', text: 'How the processes run and answer.' },
  {
    title: 'Telemetry',
    first: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    text: 'Traces and metrics. Without any of these nothing is sent and no port is opened.',
  },
  {
    title: 'PostgreSQL',
    first: 'DATABASE_URL',
    text: 'Every fact lives here. Size `DATABASE_POOL_MAX` as [Capacity](operations.md#capacity) says.',
  },
  { title: 'Redis', first: 'REDIS_URL', text: 'Only what may be lost.' },
  {
    title: 'Temporal and the worker',
    first: 'TEMPORAL_ADDRESS',
    text: 'Every job that must finish. [Jobs](jobs.md) says what runs there.',
  },
  { title: 'Sign-in', first: 'SESSION_SECRET', text: 'Who gets in, and how browsers stay signed in.' },
  {
    title: 'Rate limits',
    first: 'RATE_LIMIT_PER_MINUTE',
    text: 'Over the limit is 429 with `Retry-After`; the details of the body name the limit and the seconds. Signed-in callers count by user, others by address, requests with a bad credential included.',
  },
  {
    title: 'Models',
    first: 'AI_GATEWAY_URL',
    text: 'Without an address and a key an embedded demo provider answers, offline and for trials only.',
  },
  { title: 'Files', first: 'STORAGE_DIR', text: 'Where exports are kept: a folder, or a bucket.' },
  {
    title: 'Mail and push',
    first: 'WEB_APP_URL',
    text: 'Without a provider no mail is sent in production; people still find everything in their list.',
  },
  {
    title: 'Retention and reminders',
    first: 'RETENTION_RUNS_DAYS',
    text: 'How long things are kept. [Jobs](jobs.md#retention) says what removes them.',
  },
  { title: 'Stopping', first: 'SHUTDOWN_GRACE_MS', text: 'How a process ends.' },
];

/** Settings that have a default or may be absent, and that a production system should set all the same. */
export const SET_IN_PRODUCTION: Readonly<Record<string, string>> = {
  NODE_ENV: '`production`: JSON logs, no demo data, mails are really sent',
  PUBLIC_URL:
    'the address that people use, with `https://`; it stands in links, and requests of browsers are checked against it',
  TRUST_PROXY: '`1` behind one reverse proxy; otherwise all people share the limits of one address',
  REDIS_URL: 'as soon as there is more than one API process; otherwise each counts rate limits for itself',
  TEMPORAL_ADDRESS: 'your Temporal cluster, or Temporal Cloud with `TEMPORAL_API_KEY`',
  TEMPORAL_UI_URL: 'so that `/admin/jobs` can link there',
  TEMPORAL_CODEC_KEYS: 'encrypts what Temporal stores',
  WORKER_HEALTH_PORT: 'for probes of the worker and its metrics',
  ADMIN_EMAIL: 'at the first start, with `ADMIN_PASSWORD`',
  CORS_ORIGINS: 'where the web client has another origin than the API',
  AI_GATEWAY_URL: 'with `AI_API_KEY` where it wants one; otherwise the demo provider answers',
  STORAGE_DIR: 'a folder on a volume that API and worker share, unless there is an `S3_BUCKET`',
  WEB_APP_URL: 'otherwise mails and pushes have no links',
  MAIL_FROM: 'with `SMTP_URL` or `RESEND_API_KEY`; otherwise mails go to `MAIL_FOLDER`, or nowhere',
};

/** Who reads a setting, where it is not API and worker both; a name ending in `*` stands for all that begin so. */
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
      'WEB_APP_URL',
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
