import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { Notify } from '../notifications';
import type { ToolsReader } from '../tools';
import { AssignmentsController } from './assignments.controller';
import { LifeRepository } from './assignments.life.repository';
import { AssignmentLifeService } from './assignments.life.service';
import { OverridesRepository } from './assignments.overrides.repository';
import { AssignmentRemindersRepository } from './assignments.reminders.repository';
import { AssignmentRemindersService } from './assignments.reminders.service';
import { AssignmentsRepository } from './assignments.repository';
import { assignmentsRoutes } from './assignments.routes';
import { ScoresRepository } from './assignments.scores.repository';
import { ScoresService } from './assignments.scores.service';
import { AssignmentsService } from './assignments.service';

export interface AssignmentsModuleDeps {
  audit: AuditService;
  notify: Notify;
  classes: ClassesService;
  tools: ToolsReader;
  timezoneOf: (groupId: string) => Promise<string>;
}

export function createAssignmentsModule(
  platform: Platform,
  { audit, notify, classes, tools, timezoneOf }: AssignmentsModuleDeps,
) {
  const { db, clock, lists } = platform;
  const overrides = new OverridesRepository(db);
  const service = new AssignmentsService({
    db,
    clock,
    assignments: new AssignmentsRepository(db, lists),
    overrides,
    classes,
    tools,
    scores: new ScoresService(new ScoresRepository(db), audit),
    audit,
    notify,
  });
  const life = new AssignmentLifeService({
    ...{ db, clock, audit },
    life: new LifeRepository(db),
    assignments: service,
  });
  return { routes: assignmentsRoutes(new AssignmentsController(service, life, timezoneOf, clock)), service };
}

export interface AssignmentRemindersModuleDeps {
  notify: Notify;
  leadHoursOf: (groupId: string) => Promise<number>;
}

/** What the scheduled job works with. */
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
