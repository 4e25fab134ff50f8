import { ConflictError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class UserNotFoundError extends NotFoundError {
  constructor() {
    super('user.not_found', 'There is no such person.');
  }
}

export class UserEmailTakenError extends ConflictError {
  constructor() {
    super('user.email_taken', 'Another person already has this e-mail.');
  }
}

export class UsernameTakenError extends ConflictError {
  constructor() {
    super('user.username_taken', 'Another person of the district already has this username.');
  }
}

export class UsernameWithoutDistrictError extends ConflictError {
  constructor() {
    super('user.no_district', 'Only a person who belongs to a district can have a username.');
  }
}

export class SignInNameRequiredError extends ConflictError {
  constructor() {
    super('user.sign_in_name_required', 'A person needs an e-mail or a username to sign in with.');
  }
}

export class OwnAccountError extends ConflictError {
  constructor() {
    super('user.own_account', 'You cannot deactivate yourself. Ask another admin.');
  }
}

export class GuardianNotFoundError extends NotFoundError {
  constructor() {
    super('guardian.not_found', 'This person is not a guardian of the student.');
  }
}

export class GuardianExistsError extends ConflictError {
  constructor() {
    super('guardian.exists', 'This person is already a guardian of the student.');
  }
}

export class OwnGuardianError extends InvalidInputError {
  constructor() {
    super('A student cannot be their own guardian. Choose another person.', {
      reason: 'guardian.self',
      issues: [{ path: 'body.userId', reason: 'invalid', message: 'choose another person' }],
    });
  }
}
