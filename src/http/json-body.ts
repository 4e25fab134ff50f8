import { isUtf8 } from 'node:buffer';
import express, { type NextFunction, type Request, type RequestHandler } from 'express';
import { AppError, ClientGoneError, InvalidInputError } from '../shared/errors';
import { assertModestJson } from './body-shape';
import { assertExactNumbers } from './exact-body';
import type { Route } from './route';

export const KIB = 1024;
/** The largest body of a route that declares no other limit: a form that a person fills in. */
export const DEFAULT_BODY_BYTES = 16 * KIB;
/** The most that a route may declare. */
export const MAX_BODY_BYTES = 1024 * KIB;
/** A client that sends its body more slowly than this is disconnected. */
const BODY_TIMEOUT_MS = 15_000;
/**
 * This key would change an object's prototype if the body were ever copied key by key. All other names,
 * including `constructor`, are data.
 */
const DANGEROUS_KEY = '__proto__';
/** Finds that key in a JSON text, with each letter literal or escaped. An escaped quote begins no key. */
const DANGEROUS = new RegExp(`(?<!\\\\)"${DANGEROUS_KEY.split('').map(spelled).join('')}"\\s*:`);

function spelled(letter: string): string {
  const [high, low] = letter.charCodeAt(0).toString(16);
  return `(?:${letter}|\\\\u00${high}[${low}${low?.toUpperCase()}])`;
}

function malformed(message: string): InvalidInputError {
  return new InvalidInputError(message, { issues: [{ path: 'body', reason: 'malformed_json', message }] });
}

function tooLarge(maxBytes: number): AppError {
  const details = { reason: 'body.too_large', maxBytes };
  return new AppError('payload_too_large', `The body is larger than ${maxBytes} bytes.`, details);
}

const tooSlow = () =>
  new AppError('invalid_input', 'The body did not arrive in time. Try again.', { reason: 'body.timeout' });
const unsupported = (reason: string, message: string) =>
  new AppError('unsupported_media_type', message, { reason });

function isEmpty({ headers }: Request): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/**
 * Refuses a body by its headers if express.json() would ignore it, or would read all of it before refusing.
 */
function assertReadable({ headers }: Request, maxBytes: number): void {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw unsupported('body.encoding', 'Send the body uncompressed.');
  const [, type = '', parameters = ''] = /^([^;]*)(.*)$/.exec(headers['content-type'] ?? '') ?? [];
  const isJson = /^application\/(json|[a-z0-9.+-]+\+json)$/i.test(type.trim());
  const charset = /charset="?([^";\s]+)/i.exec(parameters)?.[1]?.toLowerCase() ?? 'utf-8';
  if (!isJson || !['utf-8', 'utf8'].includes(charset))
    throw unsupported('body.media_type', 'Send the body as application/json in UTF-8.');
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/** Checks the bytes before they are parsed. */
function assertModest(bytes: Buffer): void {
  assertModestJson(bytes);
  if (!isUtf8(bytes)) throw malformed('The body is not well-formed JSON in UTF-8.');
  const text = bytes.toString('latin1');
  if (DANGEROUS.test(text)) throw malformed(`The key ${DANGEROUS_KEY} is not allowed.`);
  assertExactNumbers(text);
}

/** Translates body-parser's error into ours. */
function translated(error: Error & { type?: string; code?: string }, maxBytes: number): Error {
  if (error instanceof AppError) return error;
  if (error.type === 'entity.too.large') return tooLarge(maxBytes);
  if (error.type === 'entity.parse.failed') return malformed('The body is not well-formed JSON in UTF-8.');
  if (error.type === 'request.aborted' || error.code === 'ECONNRESET') return new ClientGoneError();
  return error;
}

/** Calls `next` once: with the first result, or with an error if the body is late. */
function inTime(next: NextFunction): (error?: Error) => void {
  let isDone = false;
  const done = (error?: Error): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    next(error);
  };
  const timer = setTimeout(() => done(tooSlow()), BODY_TIMEOUT_MS);
  return done;
}

/** Whether a route reads its body, as JSON. */
export const takesBody = ({ method, anyBody }: Route): boolean => method !== 'get' && anyBody !== true;

/**
 * Reads the JSON body of a route up to its limit; without a body it is `{}`. It comes after the checks of
 * the caller, so that a stranger's body costs nothing.
 */
export function jsonBody(route: Route): RequestHandler {
  const maxBytes = route.bodyLimit ?? DEFAULT_BODY_BYTES;
  const read = express.json({
    limit: maxBytes,
    inflate: false,
    strict: false,
    type: () => true,
    verify: (_req, _res, bytes) => assertModest(bytes),
  });
  return (req, res, next) => {
    req.body = {};
    if (isEmpty(req)) return next();
    assertReadable(req, maxBytes);
    const done = inTime(next);
    read(req, res, (error?: Error) => done(error && translated(error, maxBytes)));
  };
}
