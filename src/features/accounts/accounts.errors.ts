import { ConflictError } from '../../shared/errors';

export class OwnPasswordError extends ConflictError {
  constructor() {
    super('user.own_account', 'You cannot reset your own password. Change it (POST /auth/password).');
  }
}

export class DeactivatedUserError extends ConflictError {
  constructor() {
    super('user.deactivated', 'This person is deactivated. Reactivate them first.');
  }
}

export class SignsInElsewhereError extends ConflictError {
  constructor() {
    super(
      'user.signs_in_elsewhere',
      'This person signs in with an account of their school, so they have no password here.',
    );
  }
}
