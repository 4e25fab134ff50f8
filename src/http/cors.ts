import type { CorsOptions } from 'cors';
import { AllowedOrigins } from './origins';

/** The response headers that a web client on another origin may read. */
export const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Idempotency-Replayed',
  'WWW-Authenticate',
];
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'If-Range',
  'Last-Event-ID',
  'Range',
  'X-CSRF-Token',
  'X-Request-Id',
];

/** Lets web clients on the configured origins call the API with their cookies. */
export function corsOptions(patterns: readonly string[]): CorsOptions {
  const origins = new AllowedOrigins(patterns);
  return {
    origin: (origin, answer) => answer(null, origin !== undefined && origins.has(origin)),
    credentials: true,
    exposedHeaders: EXPOSED_HEADERS,
    allowedHeaders: REQUEST_HEADERS,
    maxAge: 3600,
  };
}
