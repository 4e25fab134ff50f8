import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { LoginCardsService, StartPasswordsService } from '../auth';
import type { ClassesService, RosterService } from '../classes';
import type { ClassRoleGrounds, GroupFinder, GroupMembersService, GroupsReader } from '../groups';
import type { AccountMails } from '../mails';
import type { UsersService } from '../users';
import { AccountsController } from './accounts.controller';
import { AccountNamesRepository } from './accounts.repository';
import { accountsRoutes } from './accounts.routes';
import { SchoolAccountsService } from './accounts.service';
import { LoginCardsController } from './cards/accounts.cards.controller';
import { ClassPupilsRepository } from './cards/accounts.cards.repository';
import { loginCardsRoutes } from './cards/accounts.cards.routes';
import { LoginCardSheets } from './cards/accounts.cards.service';

export interface AccountsModuleDeps {
  startPasswords: StartPasswordsService;
  users: UsersService;
  groups: GroupFinder;
  members: GroupMembersService;
  grounds: ClassRoleGrounds;
  classes: ClassesService;
  roster: RosterService;
  cards: LoginCardsService;
  reader: GroupsReader;
  audit: AuditService;
  mails: AccountMails;
}

/** Builds the feature: accounts that a school creates for its people. */
export function createAccountsModule(
  { clock, config, db }: Platform,
  { cards, reader, ...deps }: AccountsModuleDeps,
) {
  const names = new AccountNamesRepository(db);
  const service = new SchoolAccountsService({ db, names, ...deps });
  const { audit, classes, users } = deps;
  const sheets = new LoginCardSheets({
    ...{ audit, cards, classes, clock, db, names, users },
    pupils: new ClassPupilsRepository(db),
    groups: reader,
    webUrl: (config.WEB_APP_URL ?? config.PUBLIC_URL).replace(/\/+$/, ''),
  });
  return {
    routes: accountsRoutes(new AccountsController(service)),
    classRoutes: loginCardsRoutes(new LoginCardsController(sheets)),
    service,
  };
}
