import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { ApiTokensService, SignInsService } from '../auth';
import type { AccountMails, OneTimeLinks } from '../mails';
import { UserCredentialsController } from './credentials/users.credentials.controller';
import { userCredentialsRoutes } from './credentials/users.credentials.routes';
import { UserCredentialsService } from './credentials/users.credentials.service';
import { GuardiansController } from './guardians/users.guardians.controller';
import { GuardiansRepository } from './guardians/users.guardians.repository';
import { guardiansRoutes } from './guardians/users.guardians.routes';
import { GuardiansService } from './guardians/users.guardians.service';
import { UsersController } from './users.controller';
import { MeReadModel } from './users.me.read-model';
import { UsersRepository } from './users.repository';
import { usersRoutes } from './users.routes';
import { UsersService } from './users.service';

export interface UsersModuleDeps {
  access: AccessService;
  audit: AuditService;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  mails: { service: AccountMails; links: OneTimeLinks };
}

/** People: reading, changing, deactivating them, and the caller's own account. */
export function createUsersModule(platform: Platform, deps: UsersModuleDeps) {
  const { db, lists } = platform;
  const service = new UsersService({
    platform,
    users: new UsersRepository(db, lists),
    me: new MeReadModel(db),
    ...deps,
  });
  const guardians = new GuardiansService({
    db,
    guardians: new GuardiansRepository(db, lists),
    users: service,
    access: deps.access,
    audit: deps.audit,
  });
  const credentials = new UserCredentialsService({ platform, users: service, ...deps });
  return {
    routes: [
      ...usersRoutes(new UsersController(service)),
      ...userCredentialsRoutes(new UserCredentialsController(credentials)),
      ...guardiansRoutes(new GuardiansController(guardians)),
    ],
    service,
    guardians,
  };
}
