import { ConflictError, NotFoundError } from '../../shared/errors';

export class ToolNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('tool.not_found', `There is no tool ${id}.`);
  }
}

export class ToolVersionNotFoundError extends NotFoundError {
  constructor(version: number) {
    super('tool.version_not_found', `The tool has no version ${version}.`);
  }
}

/** The future group of a tool does not exist for this person. */
export class ToolGroupNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('group.not_found', `There is no group ${id}.`);
  }
}

export class ToolTypeFixedError extends ConflictError {
  constructor(type: string) {
    super(
      'tool.type_fixed',
      `The type of a tool cannot change: it stays ${type}. Create another tool instead.`,
    );
  }
}

/** An old version that no author could write today. */
export class ToolVersionOutdatedError extends ConflictError {
  constructor(version: number) {
    super(
      'tool.version_outdated',
      `Version ${version} uses a model or a module that is no longer available here. Send its definition without them.`,
    );
  }
}

export class ToolOtherTenantError extends ConflictError {
  constructor() {
    super('tool.other_tenant', 'You cannot move a tool to another tenant. Fork the tool there instead.');
  }
}
