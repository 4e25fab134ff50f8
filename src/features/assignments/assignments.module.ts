import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { ToolsReader } from '../tools';
import { AssignmentsController } from './assignments.controller';
import { OverridesRepository } from './assignments.overrides.repository';
import { AssignmentsRepository } from './assignments.repository';
import { assignmentsRoutes } from './assignments.routes';
import { AssignmentsService } from './assignments.service';

export interface AssignmentsModuleDeps {
  audit: AuditService;
  classes: ClassesService;
  tools: ToolsReader;
  timezoneOf: (groupId: string) => Promise<string>;
}

export function createAssignmentsModule(
  platform: Platform,
  { audit, classes, tools, timezoneOf }: AssignmentsModuleDeps,
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
    audit,
  });
  return { routes: assignmentsRoutes(new AssignmentsController(service, timezoneOf, clock)), service };
}
