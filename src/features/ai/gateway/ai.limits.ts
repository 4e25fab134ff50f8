import { ConflictError, ForbiddenError } from '../../../shared/errors';
import { narrowest } from '../../../shared/limits';

/** What groups allow. What is not there is not limited. */
export interface AiLimits {
  enabled?: boolean | undefined;
  /** Names of the models that may be used. */
  allowedModels?: readonly string[] | undefined;
  /** Messages that a person may send in one chat, and in all chats on the same work together. */
  maxMessagesPerSession?: number | undefined;
  maxSessionMinutes?: number | undefined;
}

/** Where a piece of work is done, and by whom. */
export interface AiPlace {
  /** The tenant of the person who works. A public tool of another tenant does not free them from its limits. */
  tenantId: string;
  userId: string;
  /** The class in which they work; null outside of any class. */
  classId: string | null;
  /** The group of the class, or of the tool if no class is involved; null for none. */
  groupId: string | null;
}

/** A group above has switched AI off. */
export class AiSwitchedOffError extends ForbiddenError {
  constructor() {
    super('ai.switched_off', 'AI is switched off here.');
  }
}

/** Neither the model that the tool names nor any other may be used in this group. */
export class NoModelAllowedError extends ForbiddenError {
  constructor() {
    super('ai.no_model_allowed', 'None of the models that may be used here is set up.');
  }
}

/** The tool names a model that is gone, and nobody has declared another in its place. */
export class ModelUnavailableError extends ConflictError {
  constructor(model: string) {
    super(
      'ai.model_unavailable',
      `This tool asks for the model ${model}, which may not be used here any more. Ask its author to choose another one.`,
      { model },
    );
  }
}

export interface AiLimitsSources {
  /** The limits in force in a group, by itself and by all above it. Remembered: asking costs nothing. */
  limitsOf: (groupId: string) => Promise<AiLimits>;
  /** The groups of which a person is a member. Remembered as well. */
  groupIdsOf: (userId: string) => Promise<readonly string[]>;
}

/** The limits that groups set on the use of AI (`settings.ai`), as they hold for a piece of work. */
export class AiLimitsReader {
  constructor(private readonly sources: AiLimitsSources) {}

  /**
   * The narrowest of all places that count. In a class that is the class's group. Outside of any class it is the
   * tool's group and every group of the person: a school that switched AI off has done so for its teachers, whichever
   * tool they take.
   */
  async inForce({ tenantId, userId, classId, groupId }: AiPlace): Promise<AiLimits> {
    const groupIds = new Set([tenantId]);
    if (groupId !== null) groupIds.add(groupId);
    if (classId === null) for (const id of await this.sources.groupIdsOf(userId)) groupIds.add(id);
    const all = await Promise.all([...groupIds].map((id) => this.sources.limitsOf(id)));
    return all.reduce((outer, inner) => narrowest(outer, inner));
  }

  /** The limits of work that is about to begin. @throws AiSwitchedOffError */
  async forWork(place: AiPlace): Promise<AiLimits> {
    const limits = await this.inForce(place);
    if (limits.enabled === false) throw new AiSwitchedOffError();
    return limits;
  }
}
