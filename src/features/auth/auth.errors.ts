import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  UnauthenticatedError,
} from '../../shared/errors';

/**
 * The same text for an unknown account, a wrong password and a deactivated person, so that it reveals
 * nothing.
 */
export class InvalidCredentialsError extends UnauthenticatedError {
  constructor() {
    super(
      'auth.invalid_credentials',
      'The e-mail, the username, the district code or the password is wrong.',
    );
  }
}

/** The same words for a card that is unknown, used or expired, or that was replaced by another. */
export class InvalidLoginCardError extends UnauthenticatedError {
  constructor() {
    super('auth.invalid_login_card', 'This card does not work any more. Ask your teacher for a new one.');
  }
}

export class CurrentPasswordRequiredError extends InvalidInputError {
  constructor() {
    super('Send your current password.', {
      reason: 'auth.current_password_required',
      issues: [{ path: 'body.currentPassword', reason: 'required', message: 'send your current password' }],
    });
  }
}

export class InvalidTokenError extends UnauthenticatedError {
  constructor() {
    super(
      'auth.invalid_token',
      'The token is not valid, or it has expired. Sign in again or create a new token.',
    );
  }
}

export class InvalidRefreshTokenError extends UnauthenticatedError {
  constructor() {
    super('auth.invalid_refresh_token', 'This sign-in has ended. Sign in again.');
  }
}

export class RegistrationClosedError extends ForbiddenError {
  constructor() {
    super('auth.registration_closed', 'Registration is closed. Ask your school for an account.');
  }
}

export class EmailTakenError extends ConflictError {
  constructor() {
    super('auth.email_taken', 'An account with this e-mail already exists. Sign in instead.');
  }
}

export class EmailVerifiedError extends ConflictError {
  constructor() {
    super('auth.email_verified', 'Your e-mail address is confirmed already.');
  }
}

export class NoEmailError extends ConflictError {
  constructor() {
    super('auth.no_email', 'Your account has no e-mail address. Add one first (POST /auth/email).');
  }
}

export class SameEmailError extends ConflictError {
  constructor() {
    super('auth.same_email', 'This is your e-mail address already. Enter another one.');
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
      'Confirm your password first (POST /auth/confirm). Then repeat this request.',
      {
        maxAgeSeconds,
      },
    );
  }
}

export class NoPasswordError extends ConflictError {
  constructor() {
    super(
      'auth.no_password',
      'This account signs in without a password, so it has no password to confirm or change.',
    );
  }
}

export class PasswordChangedError extends ConflictError {
  constructor() {
    super(
      'auth.password_changed',
      'Another request has just changed the password. Try again with the new password.',
    );
  }
}

/** Thrown if a script with an API token requests what only the person may do. */
export class PersonRequiredError extends ForbiddenError {
  constructor() {
    super('auth.person_required', 'You cannot do this with an API token. Sign in with your account.');
  }
}

export class SamePasswordError extends InvalidInputError {
  constructor() {
    const message = 'Another person knows this password. Choose a new password.';
    super('The new password must differ from the current password.', {
      reason: 'auth.same_password',
      issues: [{ path: 'body.newPassword', reason: 'auth.same_password', message }],
    });
  }
}

export class WeakPasswordError extends InvalidInputError {
  constructor(field: string, reason: 'common' | 'personal') {
    const message =
      reason === 'common'
        ? 'This password is very common. Choose another password.'
        : 'This password contains your name, your e-mail, your school or the name of this product. Choose another password.';
    super('The password is too easy to guess. Choose another password.', {
      reason: 'auth.weak_password',
      issues: [{ path: `body.${field}`, reason, message }],
    });
  }
}

export class SignInNotFoundError extends NotFoundError {
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
    super(
      'token.scope_not_yours',
      'A token cannot have more rights than you. Leave out the scopes that you do not have.',
      { scopes },
    );
  }
}

export class TooManyTokensError extends ConflictError {
  constructor(limit: number) {
    super('token.too_many', `You have ${limit} active tokens. Revoke a token before you create another.`, {
      limit,
    });
  }
}
