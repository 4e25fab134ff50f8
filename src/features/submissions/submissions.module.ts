import type { Platform } from '../../platform/platform';
import type { AssignmentsService, OverridesService } from '../assignments';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { Notify } from '../notifications';
import { GradingRepository } from './grading/submissions.grading.repository';
import { GradingService } from './grading/submissions.grading.service';
import { SubmissionListsRepository } from './lists/submissions.lists.repository';
import { SubmissionListsService } from './lists/submissions.lists.service';
import { WorkConflicts } from './submissions.conflicts';
import { SubmissionsController } from './submissions.controller';
import { EndedWorkService } from './submissions.ended.service';
import type { SubmissionsReader } from './submissions.reader';
import { SubmissionsRepository } from './submissions.repository';
import { submissionsRoutes } from './submissions.routes';
import { SubmissionsService } from './submissions.service';
import { StartRepository } from './submissions.start.repository';
import { StartService } from './submissions.start.service';

export interface SubmissionsModuleDeps {
  audit: AuditService;
  notify: Notify;
  classes: ClassesService;
  assignments: AssignmentsService;
  overrides: OverridesService;
  /** The IANA time zone of a group. */
  timezoneOf: (groupId: string) => Promise<string>;
}

/** Builds the feature: attempts, their lists and grading. */
export function createSubmissionsModule(platform: Platform, deps: SubmissionsModuleDeps) {
  const { db, clock, lists } = platform;
  const { audit, notify } = deps;
  const submissions = new SubmissionsRepository(db, lists, clock);
  const conflicts = new WorkConflicts(submissions, deps.timezoneOf);
  const service = new SubmissionsService({ db, clock, submissions, conflicts, ...deps });
  const starts = new StartService({
    ...{ repository: new StartRepository(db), submissions, conflicts, audit, clock },
  });
  const grading = new GradingService({
    ...{ db, clock, grading: new GradingRepository(db), submissions: service },
    ...deps,
  });
  const ended = new EndedWorkService({ db, clock, submissions, audit, notify });
  const reader: SubmissionsReader = service;
  const across = new SubmissionListsService(
    new SubmissionListsRepository(db, lists, clock),
    deps.classes,
    deps.assignments,
  );
  const controller = new SubmissionsController(service, starts, grading, across, clock);
  return { routes: submissionsRoutes(controller), service, starts, grading, ended, reader };
}
