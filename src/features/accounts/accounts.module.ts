import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { StartPasswordsService } from '../auth';
import type { ClassesService, RosterService } from '../classes';
import type { ClassRoleGrounds, GroupFinder, GroupMembersService } from '../groups';
import type { UsersService } from '../users';
import { AccountsController } from './accounts.controller';
import { AccountNamesRepository } from './accounts.repository';
import { accountsRoutes } from './accounts.routes';
import { SchoolAccountsService } from './accounts.service';

export interface AccountsModuleDeps {
  startPasswords: StartPasswordsService;
  users: UsersService;
  groups: GroupFinder;
  members: GroupMembersService;
  grounds: ClassRoleGrounds;
  classes: ClassesService;
  roster: RosterService;
  audit: AuditService;
}

/** Accounts that a school makes for its people. */
export function createAccountsModule({ db }: Platform, deps: AccountsModuleDeps) {
  const names = new AccountNamesRepository(db);
  const service = new SchoolAccountsService({ db, names, ...deps });
  return { routes: accountsRoutes(new AccountsController(service)), service };
}
