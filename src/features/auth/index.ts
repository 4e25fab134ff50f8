export { AccountsService } from './auth.accounts.service';
export { ApiTokensService } from './auth.api-tokens.service';
export { createAuthModule } from './auth.module';
export { authRules } from './auth.policy';
export type { AuthRetentionService } from './auth.retention.service';
export { SessionsService } from './auth.sessions.service';
export { ACCESS_TOKEN_SECONDS, AccessTokens } from './auth.tokens';
