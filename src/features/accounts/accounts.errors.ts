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

export class NoLoginCardsError extends ConflictError {
  constructor() {
    super(
      'class.no_login_cards',
      'The class has no student for whom you can make a card. Ask an admin to make the cards of students with an e-mail.',
    );
  }
}

export class TooManyLoginCardsError extends ConflictError {
  constructor(most: number) {
    super(
      'class.too_many_login_cards',
      `The class has more than ${most} students. Send the userIds of ${most} students at most.`,
      { most },
    );
  }
}
