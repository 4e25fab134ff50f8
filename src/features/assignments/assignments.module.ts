import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { Notify } from '../notifications';
import type { ToolsReader } from '../tools';
import { AssignmentsController } from './assignments.controller';
import { LatenessRepository } from './assignments.lateness.repository';
import { OverridesRepository } from './assignments.overrides.repository';
import { OverridesService } from './assignments.overrides.service';
import { AssignmentsRepository } from './assignments.repository';
import { assignmentsRoutes } from './assignments.routes';
import { ScoresRepository } from './assignments.scores.repository';
import { ScoresService } from './assignments.scores.service';
import { AssignmentsService } from './assignments.service';
import { AssignmentListsRepository } from './lists/assignments.lists.repository';
import { AssignmentListsService } from './lists/assignments.lists.service';
import { LifeRepository } from './openings/assignments.life.repository';
import { AssignmentLifeService } from './openings/assignments.life.service';
import { OpeningsRepository } from './openings/assignments.openings.repository';
import { OpeningsService } from './openings/assignments.openings.service';
import { AssignmentRemindersRepository } from './reminders/assignments.reminders.repository';
import { AssignmentRemindersService } from './reminders/assignments.reminders.service';

export interface AssignmentsModuleDeps {
  audit: AuditService;
  notify: Notify;
  classes: ClassesService;
  tools: ToolsReader;
  timezoneOf: (groupId: string) => Promise<string>;
}

/** Builds the feature: assignments, overrides, lists and openings. */
export function createAssignmentsModule(
  platform: Platform,
  { audit, notify, classes, tools, timezoneOf }: AssignmentsModuleDeps,
) {
  const { db, clock, lists } = platform;
  const repository = new AssignmentsRepository(db, lists, clock);
  const overridesRepository = new OverridesRepository(db);
  const lateness = new LatenessRepository(db);
  const openings = new OpeningsService({ db, clock, repository: new OpeningsRepository(db), notify });
  const shared = { db, clock, assignments: repository, overrides: overridesRepository, lateness, openings };
  const scores = new ScoresService(new ScoresRepository(db), audit);
  const service = new AssignmentsService({ ...shared, classes, tools, scores, audit });
  const life = new AssignmentLifeService({
    ...{ db, clock, audit },
    life: new LifeRepository(db),
    assignments: service,
  });
  const overrides = new OverridesService({ ...shared, service, audit });
  const across = new AssignmentListsService(new AssignmentListsRepository(db, lists, clock), classes);
  const controller = new AssignmentsController({
    ...{ assignments: service, lists: across, overrides, life, timezoneOf, clock },
  });
  return { routes: assignmentsRoutes(controller), service, lists: across, overrides, openings };
}

export interface AssignmentRemindersModuleDeps {
  notify: Notify;
  leadHoursOf: (groupId: string) => Promise<number>;
}

/** Creates the service for the scheduled job. */
export function createAssignmentReminders(
  { config, db, clock }: Platform,
  deps: AssignmentRemindersModuleDeps,
): AssignmentRemindersService {
  return new AssignmentRemindersService({
    db,
    clock,
    repository: new AssignmentRemindersRepository(db),
    keptDays: config.RETENTION_REMINDERS_DAYS,
    ...deps,
  });
}
