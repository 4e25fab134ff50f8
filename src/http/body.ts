import type { Request } from 'express';
import { AppError, ClientGoneError, InvalidInputError } from '../shared/errors';
import { assertModestJson } from './body-shape';
import { assertExactNumbers } from './exact-body';

export const KIB = 1024;
/** Largest body of a route that declares no other limit: a form that a person fills in. */
export const DEFAULT_BODY_BYTES = 16 * KIB;
/** The most that a route may declare. */
export const MAX_BODY_BYTES = 1024 * KIB;
/** A client that sends its body more slowly than this is cut off. */
const BODY_TIMEOUT_MS = 15_000;

function malformed(message: string): InvalidInputError {
  return new InvalidInputError(message, { issues: [{ path: 'body', reason: 'malformed_json', message }] });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('payload_too_large', `The body is larger than ${maxBytes} bytes.`, {
    reason: 'body.too_large',
    maxBytes,
  });
}

/** Would reach an object's prototype if the body were ever copied key by key. Other names, `constructor` too, are data. */
const DANGEROUS_KEY = '__proto__';

/** Its depth is bounded: a body that is nested deeper has been refused before. */
function assertHarmless(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) assertHarmless(item);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === DANGEROUS_KEY) throw malformed(`The key ${key} is not allowed.`);
    assertHarmless(item);
  }
}

function assertJson(req: Request): void {
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || /^application\/[a-z0-9.+-]+\+json$/.test(type)) {
    const charset = /charset="?([^";\s]+)/i.exec(req.headers['content-type'] ?? '')?.[1]?.toLowerCase();
    if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return;
  }
  throw new AppError('unsupported_media_type', 'Send the body as application/json in UTF-8.', {
    reason: 'body.media_type',
  });
}

function readBytes(req: Request, maxBytes: number): Promise<Buffer> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(
      () =>
        finish(new AppError('invalid_input', 'The body did not arrive in time.', { reason: 'body.timeout' })),
      BODY_TIMEOUT_MS,
    );
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) finish(tooLarge(maxBytes));
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(null);
    const onClose = (): void => finish(new ClientGoneError());
    function finish(error: Error | null): void {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (error === null) resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      else {
        req.resume();
        reject(error);
      }
    }
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON body of a request; an absent one reads as `{}`.
 * @param maxBytes the limit of the route.
 * @throws InvalidInputError for malformed, too deep or non-UTF-8 JSON, or too many values; 413 and 415 kinds for size
 * and media type; ClientGoneError.
 */
export async function readJsonBody(req: Request, maxBytes: number): Promise<unknown> {
  const isEmpty =
    req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0;
  if (isEmpty) return {};
  if (req.headers['content-encoding'] !== undefined && req.headers['content-encoding'] !== 'identity') {
    throw new AppError('unsupported_media_type', 'Send the body uncompressed.', { reason: 'body.encoding' });
  }
  assertJson(req);
  const bytes = await readBytes(req, maxBytes);
  if (bytes.length === 0) return {};
  assertModestJson(bytes);
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not well-formed JSON in UTF-8.');
  }
  assertExactNumbers(text);
  assertHarmless(value);
  return value;
}
