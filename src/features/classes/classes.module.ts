import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { TenantPeople } from '../groups';
import { ClassesController } from './classes.controller';
import { ClassesRepository } from './classes.repository';
import { RosterRepository } from './classes.roster.repository';
import { RosterService } from './classes.roster.service';
import { classesRoutes } from './classes.routes';
import { ClassesService } from './classes.service';

export interface ClassesModuleDeps {
  access: AccessService;
  audit: AuditService;
  people: TenantPeople;
  showsPeers(groupId: string): Promise<boolean>;
}

export function createClassesModule(platform: Platform, { access, audit, people, showsPeers }: ClassesModuleDeps) {
  const { db, clock, lists } = platform;
  const repository = new ClassesRepository(db, lists);
  const roster = new RosterRepository(db, lists);
  const service = new ClassesService({ db, clock, classes: repository, roster, access, audit });
  const rosterService = new RosterService({ db, classes: service, repository, roster, people, showsPeers, access, audit });
  return { routes: classesRoutes(new ClassesController(service, rosterService, access)), service, roster: rosterService };
}
