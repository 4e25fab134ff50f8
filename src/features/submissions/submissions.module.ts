import type { Platform } from '../../platform/platform';
import type { AssignmentsService } from '../assignments';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { Notify } from '../notifications';
import { SubmissionsController } from './submissions.controller';
import { GradingRepository } from './submissions.grading.repository';
import { GradingService } from './submissions.grading.service';
import type { SubmissionsReader } from './submissions.reader';
import { SubmissionsRepository } from './submissions.repository';
import { submissionsRoutes } from './submissions.routes';
import { SubmissionsService } from './submissions.service';
import { StartRepository } from './submissions.start.repository';
import { StartService } from './submissions.start.service';

export function createSubmissionsModule(
  platform: Platform,
  deps: { audit: AuditService; notify: Notify; classes: ClassesService; assignments: AssignmentsService },
) {
  const { db, clock, lists } = platform;
  const service = new SubmissionsService({
    db,
    clock,
    submissions: new SubmissionsRepository(db, lists),
    ...deps,
  });
  const starts = new StartService(new StartRepository(db), deps.audit, clock);
  const grading = new GradingService({
    db,
    clock,
    grading: new GradingRepository(db),
    submissions: service,
    ...deps,
  });
  const reader: SubmissionsReader = service;
  const controller = new SubmissionsController(service, starts, grading);
  return { routes: submissionsRoutes(controller), service, starts, grading, reader };
}
