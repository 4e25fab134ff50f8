export { AiError, aiErrorKind, aiErrorMessage } from './ai.errors';
export { type AiModule, createAiModule } from './ai.module';
export { aiRules } from './ai.policy';
export {
  AI_ERROR_CODES,
  type AiAnswer,
  type AiCharge,
  type AiErrorCode,
  type AiMessage,
  type AiPrompt,
  type AiPurpose,
  type AiRequest,
  type AiTarget,
  type AskOptions,
  type NewAiCall,
} from './ai.types';
export type { AiGateway, PreparedAsk } from './gateway/ai.gateway';
export { type AiLimits, AiLimitsReader } from './gateway/ai.limits';
export { type PromptSource, systemMessage } from './gateway/ai.prompt';
export { costMicros } from './gateway/ai.text';
export { type GatewayAddress, gatewayAddress } from './providers/ai.address';
