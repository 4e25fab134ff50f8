import { ConflictError, UnprocessableError } from './errors';

export const keyReused = () =>
  new UnprocessableError(
    'idempotency.key_reused',
    'This Idempotency-Key was used for another request. Send a new key.',
  );

export const keyInFlight = () =>
  new ConflictError(
    'idempotency.in_flight',
    'The first request with this Idempotency-Key is still in progress. Try again shortly.',
  );
