export { AccountsService } from './auth.accounts.service';
export { createAuthModule } from './auth.module';
export { authRules, requirePerson } from './auth.policy';
export { presentApiTokenBase, presentSignInBase } from './auth.presenter';
export type { AuthRetentionService } from './auth.retention.service';
export {
  ApiTokenBase as apiTokenBase,
  SignInBase as signInBase,
  SignInsQuery,
  TokensQuery,
} from './auth.schemas';
export type { ApiToken, SignInInfo } from './auth.types';
export type { LoginCardsService } from './cards/auth.login-cards.service';
export type { LinkLimits } from './emails/auth.link-limits';
export type { StartPassword, StartPasswordsService } from './passwords/auth.start-passwords.service';
export { SignInsService } from './sign-ins/auth.sign-ins.service';
export { ApiTokensService } from './tokens/auth.api-tokens.service';
export { ACCESS_TOKEN_SECONDS, AccessTokens } from './tokens/auth.tokens';
