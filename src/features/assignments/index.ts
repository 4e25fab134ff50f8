export { AssignmentNotFoundError } from './assignments.errors';
export { createAssignmentReminders, createAssignmentsModule } from './assignments.module';
export type { OverridesService } from './assignments.overrides.service';
export { assignmentRules } from './assignments.policy';
export { type AssignmentsService, assignmentSubject } from './assignments.service';
export {
  reasonNotToStart,
  reasonNotToWork,
  type StartReason,
  type WorkReason,
  type WorkTerms,
} from './assignments.terms';
export {
  ASSIGNMENT_STATES,
  type Assignment,
  type AssignmentState,
  type Dates,
  LATE_POLICIES,
  type LatePolicy,
  type Override,
  PINS,
  type Pin,
  type Terms,
} from './assignments.types';
export type { OpeningsService } from './openings/assignments.openings.service';
export type { AssignmentRemindersService } from './reminders/assignments.reminders.service';
