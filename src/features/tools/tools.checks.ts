import type { Principal } from '../../authz/ability';
import type { JsonSchemas } from '../../platform/json-schema';
import type { LimitedAttempts } from '../../shared/attempts';
import { type FieldIssue, InvalidInputError } from '../../shared/errors';
import type { ToolDefinition } from './tools.kinds';

/** The place of a tool: its group decides which models may be used. */
export interface ToolPlace {
  tenantId: string;
  groupId: string;
}

export interface DefinitionChecksDeps {
  schemas: JsonSchemas;
  /** How often a person may have definitions checked. */
  limit: LimitedAttempts;
  /** Whether a tool of this group may name this model. */
  isUsableModel: (place: ToolPlace, model: string) => Promise<boolean>;
}

/** The expensive part of checking a definition. Call it only for people who may write a tool here. */
export class DefinitionChecks {
  constructor(private readonly deps: DefinitionChecksDeps) {}

  /**
   * @param root the first word of the paths of refused fields
   * @throws InvalidInputError, RateLimitedError for a person who has too many definitions checked,
   * UnavailableError
   */
  async assertUsable(
    { userId }: Principal,
    place: ToolPlace,
    definition: ToolDefinition,
    root = 'body.definition',
  ): Promise<void> {
    await this.deps.limit.take(userId);
    const { input_schema, output_schema } = definition;
    const schemas = {
      ...(input_schema === undefined ? {} : { input_schema }),
      ...(output_schema === undefined ? {} : { output_schema }),
    };
    const issues = [
      ...(await this.modelIssues(place, definition)),
      ...(await this.deps.schemas.check(schemas, userId)),
    ];
    if (issues.length === 0) return;
    throw new InvalidInputError('The definition is not valid.', {
      issues: issues.map((issue) => ({ ...issue, path: `${root}.${issue.path}` })),
    });
  }

  /**
   * Returns the definition for another place: a model that cannot be used there is replaced by the default
   * model.
   */
  async fitted(place: ToolPlace, definition: ToolDefinition): Promise<ToolDefinition> {
    const { model, modules: _modules, ...rest } = definition;
    const keepsModel = model !== undefined && (await this.deps.isUsableModel(place, model));
    return keepsModel ? { ...rest, model } : rest;
  }

  /** Whether an author could write this definition here today. Its schemas are not checked again. */
  async isUsable(place: ToolPlace, definition: ToolDefinition): Promise<boolean> {
    const hasModules = (definition.modules ?? []).length > 0;
    return !hasModules && (await this.modelIssues(place, definition)).length === 0;
  }

  /** @param path the refused field. @throws InvalidInputError if the model may not be used there */
  async assertModel(place: ToolPlace, definition: ToolDefinition, path: string): Promise<void> {
    const issues = await this.modelIssues(place, definition);
    if (issues.length > 0)
      throw new InvalidInputError('The model of the tool is not available in that group.', {
        issues: issues.map((issue) => ({ ...issue, path })),
      });
  }

  private async modelIssues(place: ToolPlace, { model }: ToolDefinition): Promise<FieldIssue[]> {
    if (model === undefined || (await this.deps.isUsableModel(place, model))) return [];
    const message = 'is not a model that is available here: choose a model from the list, or leave it out';
    return [{ path: 'model', reason: 'unknown_model', message }];
  }
}
