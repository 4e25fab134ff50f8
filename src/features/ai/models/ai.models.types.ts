import type { ModelParameters } from './ai.parameters';

/** A model that a tenant may use, or everybody if it has no tenant. */
export interface AiModel {
  id: string;
  tenantId: string | null;
  /** The provider's name for it. */
  name: string;
  displayName: string;
  enabled: boolean;
  isDefault: boolean;
  /** Names of models to try, in this order, if this one fails before its first token. */
  fallbacks: string[];
  maxOutputTokens: number;
  /** Millionths of the billing currency per million tokens. */
  inputPriceMicros: number;
  outputPriceMicros: number;
  /** Which parameters it accepts, as far as an administrator has declared it. */
  parameters: ModelParameters;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** The fields of a model that can be set. */
export type AiModelValues = Omit<AiModel, 'id' | 'tenantId' | 'revision' | 'createdAt' | 'updatedAt'>;

declare global {
  namespace PrismaJson {
    /** The column `ai_models.parameters`. */
    type ModelParameters = import('./ai.parameters').ModelParameters;
  }
}
