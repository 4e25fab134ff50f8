import type { Request } from 'express';
import { AppError, InvalidInputError, UnavailableError } from '../shared/errors';
import { assertExactNumbers } from './exact-body';

/** Largest request body. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Deepest nesting of a body: more than any schema needs, less than any recursion minds. */
const MAX_DEPTH = 40;
/** A client that sends its body more slowly than this is cut off. */
const BODY_TIMEOUT_MS = 15_000;

function malformed(message: string): InvalidInputError {
  return new InvalidInputError(message, { issues: [{ path: 'body', reason: 'malformed_json', message }] });
}

function tooLarge(): AppError {
  return new AppError('payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`, {
    reason: 'body.too_large',
    maxBytes: MAX_BODY_BYTES,
  });
}

/** Would reach an object's prototype if the body were ever copied key by key. Other names, `constructor` too, are data. */
const DANGEROUS_KEY = '__proto__';

function assertHarmless(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) {
    for (const item of value) assertHarmless(item, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === DANGEROUS_KEY) throw malformed(`The key ${key} is not allowed.`);
    assertHarmless(item, depth + 1);
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

function readBytes(req: Request): Promise<Buffer> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > MAX_BODY_BYTES) return Promise.reject(tooLarge());
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
      if (size > MAX_BODY_BYTES) finish(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(null);
    const onClose = (): void => finish(new UnavailableError('client'));
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
 * @throws InvalidInputError for malformed, too deep or non-UTF-8 JSON; 413 and 415 kinds for size and media type.
 */
export async function readJsonBody(req: Request): Promise<unknown> {
  const isEmpty =
    req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0;
  if (isEmpty) return {};
  if (req.headers['content-encoding'] !== undefined && req.headers['content-encoding'] !== 'identity') {
    throw new AppError('unsupported_media_type', 'Send the body uncompressed.', { reason: 'body.encoding' });
  }
  assertJson(req);
  const bytes = await readBytes(req);
  if (bytes.length === 0) return {};
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not well-formed JSON in UTF-8.');
  }
  assertExactNumbers(text);
  assertHarmless(value, 1);
  return value;
}
