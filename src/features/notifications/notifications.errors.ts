import { InvalidInputError, NotFoundError } from '../../shared/errors';

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

/** The address is not one of a push service on the public internet. */
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
