import { AttemptLimit } from '../../http/rate-limit';
import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import type { ClassRoleGrounds, GroupFinder, GroupMembersService, TenantPeople } from '../groups';
import { ClassesController } from './classes.controller';
import { ClassesRepository } from './classes.repository';
import { RosterRepository } from './classes.roster.repository';
import { RosterService } from './classes.roster.service';
import { classesRoutes } from './classes.routes';
import { ClassesService } from './classes.service';

/** Enough for a pupil who copies a code badly; guessing 40 bits would take forever. */
const WRONG_CODES = 10;
const WRONG_CODES_WINDOW_MS = 10 * 60_000;

export interface ClassesModuleDeps {
  access: AccessService;
  audit: AuditService;
  groups: GroupFinder;
  people: TenantPeople;
  members: GroupMembersService;
  grounds: ClassRoleGrounds;
  showsPeers: (groupId: string) => Promise<boolean>;
}

/** Builds the feature: classes, rosters and joining by code. */
export function createClassesModule(
  platform: Platform,
  { access, audit, groups, people, members, grounds, showsPeers }: ClassesModuleDeps,
) {
  const { db, clock, lists, redis } = platform;
  const repository = new ClassesRepository(db, lists);
  const roster = new RosterRepository(db, lists);
  const service = new ClassesService({
    db,
    clock,
    classes: repository,
    roster,
    groups,
    grounds,
    access,
    audit,
  });
  const joinGuesses = new AttemptLimit(redis, {
    name: 'join',
    limit: WRONG_CODES,
    windowMs: WRONG_CODES_WINDOW_MS,
    reason: 'class.too_many_codes',
  });
  const rosterService = new RosterService({
    db,
    classes: service,
    repository,
    roster,
    people,
    members,
    grounds,
    showsPeers,
    access,
    audit,
    joinGuesses,
  });
  return {
    routes: classesRoutes(new ClassesController(service, rosterService, access)),
    service,
    roster: rosterService,
  };
}
