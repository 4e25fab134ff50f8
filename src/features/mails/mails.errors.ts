import { ConflictError, InvalidInputError } from '../../shared/errors';

export class MailNotConfiguredError extends ConflictError {
  constructor() {
    super('mail.not_configured', 'This server cannot send mails. Ask your administrator for help.');
  }
}

/**
 * The same text for a link that never existed, was used, has expired or was replaced, so that it reveals
 * nothing.
 */
export class LinkInvalidError extends InvalidInputError {
  constructor() {
    const message = 'The link was used before, has expired or was replaced by a newer one.';
    super('This link does not work any more. Use the newest mail, or ask for another one.', {
      reason: 'auth.link_invalid',
      issues: [{ path: 'body.token', reason: 'auth.link_invalid', message }],
    });
  }
}
