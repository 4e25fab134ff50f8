import { ConflictError, NotFoundError } from '../../shared/errors';

export class UserNotFoundError extends NotFoundError {
  constructor() {
    super('user.not_found', 'There is no such person.');
  }
}

export class UserEmailTakenError extends ConflictError {
  constructor() {
    super('user.email_taken', 'Another person has this e-mail.');
  }
}

export class OwnAccountError extends ConflictError {
  constructor() {
    super('user.own_account', 'You cannot deactivate yourself. Ask another admin.');
  }
}
