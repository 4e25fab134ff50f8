import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  UnauthenticatedError,
} from '../../shared/errors';

/** The same words for an unknown account, a wrong password and a deactivated person: they tell nothing apart. */
export class InvalidCredentialsError extends UnauthenticatedError {
  constructor() {
    super('auth.invalid_credentials', 'E-mail or password is wrong.');
  }
}

export class InvalidTokenError extends UnauthenticatedError {
  constructor() {
    super('auth.invalid_token', 'The token is not valid or no longer valid.');
  }
}

export class InvalidRefreshTokenError extends UnauthenticatedError {
  constructor() {
    super('auth.invalid_refresh_token', 'This sign-in has ended. Sign in again.');
  }
}

export class RegistrationClosedError extends ForbiddenError {
  constructor() {
    super('auth.registration_closed', 'Registration is not open here. Ask your school for an account.');
  }
}

export class EmailTakenError extends ConflictError {
  constructor() {
    super('auth.email_taken', 'There is an account with this e-mail already.');
  }
}

export class WrongPasswordError extends ForbiddenError {
  constructor() {
    super('auth.wrong_password', 'The current password is wrong.');
  }
}

export class RecentPasswordRequiredError extends ForbiddenError {
  constructor(maxAgeSeconds: number) {
    super(
      'auth.recent_password_required',
      'Give your password again: POST /auth/confirm. Then repeat this.',
      {
        maxAgeSeconds,
      },
    );
  }
}

export class NoPasswordError extends ConflictError {
  constructor() {
    super('auth.no_password', 'This account signs in without a password.');
  }
}

export class PasswordChangedError extends ConflictError {
  constructor() {
    super('auth.password_changed', 'The password was changed by another request just now.');
  }
}

/** Thrown where a script with an API token wants what only the person may do. */
export class PersonRequiredError extends ForbiddenError {
  constructor() {
    super('auth.person_required', 'An API token cannot do this. Sign in as a person.');
  }
}

export class SamePasswordError extends InvalidInputError {
  constructor() {
    const message = 'Somebody else knows this password. Choose a new one.';
    super('The new password is the old one.', {
      reason: 'auth.same_password',
      issues: [{ path: 'body.newPassword', reason: 'auth.same_password', message }],
    });
  }
}

export class WeakPasswordError extends InvalidInputError {
  constructor(field: string, reason: 'common' | 'personal') {
    const message =
      reason === 'common'
        ? 'This password is among the first that anybody would try.'
        : 'This password is made of your name, your e-mail, your school or this product.';
    super('The password is too easy to guess.', {
      reason: 'auth.weak_password',
      issues: [{ path: `body.${field}`, reason, message }],
    });
  }
}

export class SessionNotFoundError extends NotFoundError {
  constructor() {
    super('auth.session_not_found', 'You have no such sign-in.');
  }
}

export class ApiTokenNotFoundError extends NotFoundError {
  constructor() {
    super('token.not_found', 'You have no such token.');
  }
}

export class ScopeNotYoursError extends ForbiddenError {
  constructor(scopes: readonly string[]) {
    super('token.scope_not_yours', 'A token cannot be allowed more than you are yourself.', { scopes });
  }
}

export class TooManyTokensError extends ConflictError {
  constructor(limit: number) {
    super('token.too_many', `You have ${limit} live tokens. Revoke one before you make another.`, { limit });
  }
}
