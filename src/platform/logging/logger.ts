import { inspect } from 'node:util';
import winston from 'winston';
import { currentTraceIds } from '../../telemetry/trace';
import { currentContext } from '../context';
import { LINE, LineTransport } from './line-transport';
import { isWritten, type Level } from './log-level';
import { redactField } from './redact';

export type LogFields = Record<string, unknown>;

/**
 * The only way to log. Fields carry ids, codes and counts: never names, e-mails, message texts or secrets.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

/**
 * In one pass, because every request writes a line: adds the current context and the time, turns errors
 * into fields, and hides secrets.
 */
const complete = winston.format((info) => {
  const { requestId, userId, tenantId } = currentContext();
  if (requestId !== undefined) info.requestId ??= requestId;
  if (userId !== undefined) info.userId ??= userId;
  if (tenantId !== undefined) info.tenantId ??= tenantId;
  const trace = currentTraceIds();
  if (trace !== null) {
    info.traceId ??= trace.traceId;
    info.spanId ??= trace.spanId;
  }
  for (const name of Object.keys(info)) if (name !== 'level') info[name] = redactField(name, info[name]);
  info.timestamp = new Date().toISOString();
  return info;
});

const json = winston.format((info) => {
  info[LINE] = toJson(info);
  return info;
});

/**
 * Common fields come first, for the reader. A field that JSON cannot hold must cost neither the line nor
 * the process.
 */
function toJson({ timestamp, level, message, ...fields }: winston.Logform.TransformableInfo): string {
  const info = { timestamp, level, message, ...fields };
  try {
    return JSON.stringify(info);
  } catch {
    return JSON.stringify(info, (key, value: unknown) =>
      key === '' || typeof value !== 'object' ? inWords(value) : inspect(value),
    );
  }
}

function inWords(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

const pretty = winston.format.printf(({ level, message, timestamp, service, ...rest }) => {
  const { error, ...fields } = rest as { error?: { stack?: string; message?: string } };
  const tail = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const trace = error === undefined ? '' : `\n${error.stack ?? error.message ?? JSON.stringify(error)}`;
  return `${String(timestamp).slice(11, 23)} ${level} ${String(service)} ${String(message)}${tail}${trace}`;
});

export interface LoggerOptions {
  service: string;
  level: Level;
  format: 'json' | 'pretty';
  silent?: boolean;
  /** The stream for lines instead of standard output; used by tests. */
  stream?: NodeJS.WritableStream;
}

/** Winston formats a line before it checks the level; this facade checks first. */
function facade(logger: winston.Logger, least: Level): Logger {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (isWritten(level, least)) logger.log(level, message, fields);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => facade(logger.child(fields), least),
  };
}

/** Creates a logger that adds the request, user and tenant of the current work to each line. */
export function createLogger(options: LoggerOptions): Logger {
  const { combine, colorize } = winston.format;
  const logger = winston.createLogger({
    // The facade checks the level, which can change at run time.
    level: 'debug',
    silent: options.silent ?? false,
    defaultMeta: { service: options.service },
    format:
      options.format === 'json'
        ? combine(complete(), json())
        : combine(complete(), colorize({ level: true }), pretty),
    transports: [new LineTransport(options.stream)],
  });
  return facade(logger, options.level);
}
