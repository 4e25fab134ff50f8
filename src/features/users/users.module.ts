import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { ApiTokensService, SignInsService } from '../auth';
import { UsersController } from './users.controller';
import { UserCredentialsController } from './users.credentials.controller';
import { userCredentialsRoutes } from './users.credentials.routes';
import { UserCredentialsService } from './users.credentials.service';
import { GuardiansController } from './users.guardians.controller';
import { GuardiansRepository } from './users.guardians.repository';
import { guardiansRoutes } from './users.guardians.routes';
import { GuardiansService } from './users.guardians.service';
import { MeReadModel } from './users.me.read-model';
import { UsersRepository } from './users.repository';
import { usersRoutes } from './users.routes';
import { UsersService } from './users.service';

export interface UsersModuleDeps {
  access: AccessService;
  audit: AuditService;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
}

/** The people: reading, changing, deactivating them, and the caller's own account. */
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
