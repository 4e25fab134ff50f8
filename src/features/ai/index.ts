export { type GatewayAddress, gatewayAddress } from './ai.address';
export { AiError, aiErrorKind, aiErrorMessage } from './ai.errors';
export type { AiGateway, PreparedAsk } from './ai.gateway';
export { type AiLimits, AiLimitsReader } from './ai.limits';
export { type AiModule, createAiModule } from './ai.module';
export { aiRules } from './ai.policy';
export { type PromptSource, systemMessage } from './ai.prompt';
export { costMicros } from './ai.text';
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
} from './ai.types';
