import { CsrfGuard } from '../../http/csrf';
import { AttemptLimit } from '../../http/rate-limit';
import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { AccountMails, OneTimeLinks } from '../mails';
import { AccountsRepository } from './auth.accounts.repository';
import { AccountsService } from './auth.accounts.service';
import { authenticateBy, authenticateByCard, authenticateByPassword } from './auth.authenticate';
import { AuthController } from './auth.controller';
import { CredentialsController } from './auth.credentials.controller';
import { AuthRetentionRepository } from './auth.retention.repository';
import { AuthRetentionService } from './auth.retention.service';
import { authRoutes } from './auth.routes';
import { AuthService } from './auth.service';
import { createPassport } from './auth.strategies';
import { LoginCardsRepository } from './cards/auth.login-cards.repository';
import { LoginCardsService } from './cards/auth.login-cards.service';
import { EmailsService } from './emails/auth.emails.service';
import { LinkLimits } from './emails/auth.link-limits';
import { LinksController } from './emails/auth.links.controller';
import { linkRoutes } from './emails/auth.links.routes';
import { PasswordHasher } from './passwords/auth.password-hasher';
import { PasswordProofs } from './passwords/auth.password-proofs';
import { PasswordResets } from './passwords/auth.password-resets';
import { StartPasswordsService } from './passwords/auth.start-passwords.service';
import { AuthCookies } from './sign-ins/auth.cookies';
import { DeviceTokens } from './sign-ins/auth.devices';
import { LoginLimits, OwnPasswordLimits } from './sign-ins/auth.login-limits';
import { RefreshSecrets } from './sign-ins/auth.refresh-secrets';
import { SignInsRepository } from './sign-ins/auth.sign-ins.repository';
import { SignInsService } from './sign-ins/auth.sign-ins.service';
import { ApiTokensRepository } from './tokens/auth.api-tokens.repository';
import { ApiTokensService } from './tokens/auth.api-tokens.service';
import { AccessTokens, deriveKey } from './tokens/auth.tokens';

const MINUTE_MS = 60_000;

function csrfGuard({ config }: Platform): CsrfGuard {
  return new CsrfGuard({
    key: deriveKey(config.SESSION_SECRET, 'csrf-token'),
    allowedOrigins: config.CORS_ORIGINS,
    publicUrl: config.PUBLIC_URL,
  });
}

function tokenGuesses({ config, redis }: Platform): AttemptLimit {
  return new AttemptLimit(redis, {
    name: 'unknown-token',
    limit: config.RATE_LIMIT_ADDRESS_PER_MINUTE,
    windowMs: MINUTE_MS,
    reason: 'auth.too_many_attempts',
  });
}

export interface AuthModuleDeps {
  access: AccessService;
  audit: AuditService;
  mails: { service: AccountMails; links: OneTimeLinks };
}

/** Identifies people: accounts, sign-ins, API tokens, and the strategies that recognize them. */
export function createAuthModule(platform: Platform, deps: AuthModuleDeps) {
  const { clock, config, db, lists, redis } = platform;
  const tokens = new AccessTokens(config.SESSION_SECRET);
  const secrets = new RefreshSecrets(deriveKey(config.SESSION_SECRET, 'refresh-token'));
  const accounts = new AccountsRepository(db);
  const sessionRows = new SignInsRepository(db, lists);
  const rows = { accounts, sessions: sessionRows };
  const sessions = new SignInsService({ platform, ...rows, accessTokens: tokens, secrets, ...deps });
  const apiTokens = new ApiTokensService({
    platform,
    tokens: new ApiTokensRepository(db),
    sessions: sessionRows,
    guesses: tokenGuesses(platform),
    ...deps,
  });
  const passwords = new PasswordHasher();
  const proofs = new PasswordProofs({ platform, ...rows, passwords, limits: new OwnPasswordLimits(redis) });
  const devices = new DeviceTokens(deriveKey(config.SESSION_SECRET, 'device'));
  const limits = new LoginLimits(redis);
  const { audit } = deps;
  const letters = { mails: deps.mails.service, links: deps.mails.links };
  const shared = { platform, accounts, sessions, apiTokens, passwords, audit, ...letters };
  const service = new AuthService({ ...shared, proofs, limits, devices });
  const linkLimits = new LinkLimits(redis);
  const resets = new PasswordResets({ ...shared, limits: linkLimits });
  const emails = new EmailsService({ ...shared, limits: linkLimits });
  const cookies = new AuthCookies(config.COOKIE_DOMAIN);
  const csrf = csrfGuard(platform);
  const { access } = deps;
  const cards = new LoginCardsService({ clock, cards: new LoginCardsRepository(db), audit });
  const passport = createPassport({ cookies, auth: service, cards, apiTokens, accessTokens: tokens, access });
  const controller = new AuthController({ auth: service, sessions, proofs, devices, cookies, csrf });
  const credentials = new CredentialsController(sessions, apiTokens);
  const proving = [authenticateByPassword(passport), authenticateByCard(passport)] as const;
  const routes = authRoutes(controller, credentials, ...proving);
  return {
    routes: [...routes, ...linkRoutes(new LinksController(resets, emails))],
    linkLimits,
    tokens,
    authenticate: authenticateBy(passport, csrf),
    cookieNames: cookies.names,
    passwordProofs: proofs,
    startPasswords: new StartPasswordsService({ ...shared, clock }),
    accounts: new AccountsService({ platform, accounts, passwords, audit: deps.audit }),
    sessions,
    apiTokens,
    cards,
    retention: new AuthRetentionService(new AuthRetentionRepository(db), config.RETENTION_TOKENS_DAYS),
  };
}
