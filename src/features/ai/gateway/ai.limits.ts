import { ConflictError, ForbiddenError } from '../../../shared/errors';
import { narrowest } from '../../../shared/limits';

/** The limits that groups set. An absent field means no limit. */
export interface AiLimits {
  enabled?: boolean | undefined;
  /** Names of the models that may be used. */
  allowedModels?: readonly string[] | undefined;
  /** Messages that a student may send in one chat, and in all chats about the same work together. */
  maxMessagesPerSession?: number | undefined;
  maxSessionMinutes?: number | undefined;
}

/** The place of a piece of work, and the person who does it. */
export interface AiPlace {
  /** The tenant of the person who works. Its limits also apply to public tools of other tenants. */
  tenantId: string;
  userId: string;
  /** The class in which they work; null outside of any class. */
  classId: string | null;
  /** The group of the class, or of the tool if no class is involved; null if there is neither. */
  groupId: string | null;
}

/** A group above has switched AI off. */
export class AiSwitchedOffError extends ForbiddenError {
  constructor() {
    super('ai.switched_off', 'AI is switched off here.');
  }
}

/** Neither the tool's model nor any other may be used in this group. */
export class NoModelAllowedError extends ForbiddenError {
  constructor() {
    super('ai.no_model_allowed', 'None of the models that may be used here is set up.');
  }
}

/** The tool's model is gone, and no fallback is declared for it. */
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
  /**
   * The limits in force in a group, from itself and all groups above. They are cached, so reading them
   * costs nothing.
   */
  limitsOf: (groupId: string) => Promise<AiLimits>;
  /** The groups of which a person is a member. Also cached. */
  groupIdsOf: (userId: string) => Promise<readonly string[]>;
}

/** Reads the limits that groups set on the use of AI (`settings.ai`), as they apply to a piece of work. */
export class AiLimitsReader {
  constructor(private readonly sources: AiLimitsSources) {}

  /**
   * Returns the narrowest limits of all groups that count. In a class that is the class's group. Outside of
   * any class they are the tool's group and every group of the person: a school that switched AI off has
   * done so for its teachers too, whichever tool they use.
   */
  async inForce({ tenantId, userId, classId, groupId }: AiPlace): Promise<AiLimits> {
    const groupIds = new Set([tenantId]);
    if (groupId !== null) groupIds.add(groupId);
    if (classId === null) for (const id of await this.sources.groupIdsOf(userId)) groupIds.add(id);
    const all = await Promise.all([...groupIds].map((id) => this.sources.limitsOf(id)));
    return all.reduce((outer, inner) => narrowest(outer, inner));
  }

  /** Returns the limits of work that is about to begin. @throws AiSwitchedOffError */
  async forWork(place: AiPlace): Promise<AiLimits> {
    const limits = await this.inForce(place);
    if (limits.enabled === false) throw new AiSwitchedOffError();
    return limits;
  }
}
