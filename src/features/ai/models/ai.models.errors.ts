import { ConflictError, NotFoundError } from '../../../shared/errors';

export class AiModelNotFoundError extends NotFoundError {
  constructor() {
    super('model.not_found', 'There is no such model.');
  }
}

export class ModelTenantNotFoundError extends NotFoundError {
  constructor() {
    super('group.not_found', 'There is no such group at the root of a tenant.');
  }
}

export class ModelNameTakenError extends ConflictError {
  constructor() {
    super('model.name_taken', 'A model of this name exists there already.');
  }
}

export class DisabledDefaultError extends ConflictError {
  constructor() {
    super('model.disabled_default', 'A model that is switched off cannot be the default.');
  }
}

export class DefaultTakenError extends ConflictError {
  constructor() {
    super(
      'model.default_taken',
      'Somebody else has just chosen another default. Look again and repeat your change.',
    );
  }
}
