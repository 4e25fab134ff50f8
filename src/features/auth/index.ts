export { createAuthModule } from './auth.module';
export { AccessTokens, ACCESS_TOKEN_SECONDS } from './auth.tokens';
