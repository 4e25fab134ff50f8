import { ForbiddenError } from '../../shared/errors';
import { narrowest } from '../../shared/limits';

/** What groups allow. What is not there is not limited. */
export interface AiLimits {
  enabled?: boolean | undefined;
  /** Names of the models that may be used. */
  allowedModels?: readonly string[] | undefined;
  /** Messages that a person may send in one chat. */
  maxMessagesPerSession?: number | undefined;
  maxSessionMinutes?: number | undefined;
}

/** Whose limits hold for a piece of work. */
export interface AiPlace {
  /** The tenant of the person who works, which a public tool of another tenant does not free from its own limits. */
  tenantId: string;
  /** The group of the class, or of the tool where no class is involved; null for none. */
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

/** The limits that groups set on the use of AI (`settings.ai`), as they hold for a piece of work. */
export class AiLimitsReader {
  /** @param limitsOf those in force in a group, by itself and by all above it. Remembered: asking costs nothing. */
  constructor(private readonly limitsOf: (groupId: string) => Promise<AiLimits>) {}

  async inForce({ tenantId, groupId }: AiPlace): Promise<AiLimits> {
    const whole = await this.limitsOf(tenantId);
    if (groupId === null || groupId === tenantId) return whole;
    return { enabled: true, ...narrowest(whole, await this.limitsOf(groupId)) };
  }

  /** The limits of work that is about to begin. @throws AiSwitchedOffError */
  async forWork(place: AiPlace): Promise<AiLimits> {
    const limits = await this.inForce(place);
    if (limits.enabled === false) throw new AiSwitchedOffError();
    return limits;
  }
}
