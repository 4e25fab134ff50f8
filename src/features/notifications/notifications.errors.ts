import { AppError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class NotificationNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('notification.not_found', `There is no notification ${id}.`);
  }
}

export class SubscriptionNotFoundError extends NotFoundError {
  constructor() {
    super('push.not_found', 'There is no such subscription.');
  }
}

/** A push service of the public internet has another address. */
export class PushEndpointError extends InvalidInputError {
  constructor(message: string) {
    super('This endpoint cannot be used. Send the endpoint that the browser gave you.', {
      reason: 'push.endpoint',
      issues: [{ path: 'body.endpoint', reason: 'forbidden_address', message }],
    });
  }
}

export class UnsubscribeTokenError extends NotFoundError {
  constructor() {
    super(
      'unsubscribe.invalid',
      'This link is not valid or has expired. Sign in to choose which mails you get.',
    );
  }
}

/** A provider that cannot be reached or asks for patience: the same again later. */
export class DeliveryDelayedError extends AppError {
  constructor(code: string, retryAfterSeconds?: number) {
    super('unavailable', 'Not delivered yet.', { reason: code }, retryAfterSeconds);
  }
}

/** A provider that will not take this: the same again would be refused again. */
export class DeliveryRefusedError extends AppError {
  constructor(code: string) {
    super('unprocessable', 'Not delivered.', { reason: code });
  }
}
