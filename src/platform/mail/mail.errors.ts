import { AppError } from '../../shared/errors';

/** The provider cannot be reached or asks for a pause: try the same again later. */
export class DeliveryDelayedError extends AppError {
  constructor(code: string, retryAfterSeconds?: number) {
    super('unavailable', 'Not delivered yet.', { reason: code }, retryAfterSeconds);
  }
}

/** The provider refuses this, and would refuse it again. */
export class DeliveryRefusedError extends AppError {
  constructor(code: string) {
    super('unprocessable', 'Not delivered.', { reason: code });
  }
}
