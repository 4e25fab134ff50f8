import type { ModelParameters } from './ai.parameters';

/** A model that a tenant (or, with no tenant, everybody) may use. */
export interface AiModel {
  id: string;
  tenantId: string | null;
  /** As the provider knows it. */
  name: string;
  displayName: string;
  enabled: boolean;
  isDefault: boolean;
  /** Names of models tried, in this order, when this one fails before its first token. */
  fallbacks: string[];
  maxOutputTokens: number;
  /** Millionths of the billing currency per million tokens. */
  inputPriceMicros: number;
  outputPriceMicros: number;
  /** Which parameters it takes, as far as somebody has settled it. */
  parameters: ModelParameters;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** What of a model can be set. */
export interface AiModelValues {
  name: string;
  displayName: string;
  enabled: boolean;
  isDefault: boolean;
  fallbacks: string[];
  maxOutputTokens: number;
  inputPriceMicros: number;
  outputPriceMicros: number;
  /** Which parameters it takes, as far as somebody has settled it. */
  parameters: ModelParameters;
}

declare global {
  namespace PrismaJson {
    /** The column `ai_models.parameters`. */
    type ModelParameters = import('./ai.parameters').ModelParameters;
  }
}
