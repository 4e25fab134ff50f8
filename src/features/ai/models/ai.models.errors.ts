import { ConflictError, NotFoundError } from '../../../shared/errors';

export class AiModelNotFoundError extends NotFoundError {
  constructor() {
    super('model.not_found', 'There is no such model.');
  }
}

export class ModelTenantNotFoundError extends NotFoundError {
  constructor() {
    super('group.not_found', 'There is no such root group. Give the id of the root group of a tenant.');
  }
}

export class ModelNameTakenError extends ConflictError {
  constructor() {
    super('model.name_taken', 'This group already has a model with this name. Choose another name.');
  }
}

export class DisabledDefaultError extends ConflictError {
  constructor() {
    super('model.disabled_default', 'A disabled model cannot be the default. Enable the model first.');
  }
}

export class DefaultTakenError extends ConflictError {
  constructor() {
    super(
      'model.default_taken',
      'Another user has just chosen another default. Read the models again and repeat your change.',
    );
  }
}
