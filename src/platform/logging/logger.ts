import winston from 'winston';
import { currentContext } from '../context';

export type LogFields = Record<string, unknown>;

/** The only way to log. Fields carry ids, codes and counts: never names, e-mails, message texts or secrets. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

const withContext = winston.format((info) => {
  const { requestId, userId, tenantId } = currentContext();
  if (requestId !== undefined) info.requestId ??= requestId;
  if (userId !== undefined) info.userId ??= userId;
  if (tenantId !== undefined) info.tenantId ??= tenantId;
  return info;
});

const HIDDEN = /password|secret|token$|authorization|cookie|api[-_]?key/i;

/** A field whose name says that it is a secret is never written, whatever was passed by mistake. */
const withoutSecrets = winston.format((info) => {
  for (const key of Object.keys(info)) if (HIDDEN.test(key)) info[key] = '[hidden]';
  return info;
});

function errorFields(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return {
    name: value.name,
    message: value.message,
    code: (value as { code?: unknown }).code,
    stack: value.stack,
  };
}

const withErrors = winston.format((info) => {
  if ('error' in info) info.error = errorFields(info.error);
  return info;
});

const pretty = winston.format.printf(({ level, message, timestamp, service, ...rest }) => {
  const { error, ...fields } = rest as { error?: { stack?: string; message?: string } };
  const tail = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const trace = error === undefined ? '' : `\n${error.stack ?? error.message ?? JSON.stringify(error)}`;
  return `${String(timestamp).slice(11, 23)} ${level} ${String(service)} ${String(message)}${tail}${trace}`;
});

export interface LoggerOptions {
  service: string;
  level: string;
  format: 'json' | 'pretty';
  silent?: boolean;
  /** Where lines go instead of standard output; used by tests. */
  stream?: NodeJS.WritableStream;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Winston formats a line before it asks whether anybody wants it; this asks first. */
function facade(logger: winston.Logger): Logger {
  const at = (level: Level) =>
    logger.isLevelEnabled(level)
      ? (message: string, fields: LogFields = {}) => void logger.log(level, message, fields)
      : () => {};
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => facade(logger.child(fields)),
  };
}

/** A logger that adds the request, user and tenant of the work in progress to each line. */
export function createLogger(options: LoggerOptions): Logger {
  const { combine, timestamp, json, colorize } = winston.format;
  const shared = [withContext(), withErrors(), withoutSecrets(), timestamp()];
  const logger = winston.createLogger({
    level: options.level,
    silent: options.silent ?? false,
    defaultMeta: { service: options.service },
    format:
      options.format === 'json'
        ? combine(...shared, json())
        : combine(...shared, colorize({ level: true }), pretty),
    transports: [
      options.stream === undefined
        ? new winston.transports.Console()
        : new winston.transports.Stream({ stream: options.stream }),
    ],
  });
  return facade(logger);
}
