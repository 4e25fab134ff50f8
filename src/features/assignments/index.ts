export { AssignmentNotFoundError } from './assignments.errors';
export {
  ASSIGNMENT_STATES,
  type AssignmentState,
  LATE_POLICIES,
  type LatePolicy,
  PINS,
  type Pin,
} from './assignments.kinds';
export { createAssignmentReminders, createAssignmentsModule } from './assignments.module';
export type { OverridesService } from './assignments.overrides.service';
export { assignmentRules } from './assignments.policy';
export { type AssignmentsService, assignmentSubject } from './assignments.service';
export type { Terms } from './assignments.terms';
export {
  type Dates,
  reasonNotToStart,
  reasonNotToWork,
  type StartReason,
  type WorkReason,
  type WorkTerms,
} from './assignments.terms';
export type { Assignment, Override } from './assignments.types';
export type { OpeningsService } from './openings/assignments.openings.service';
export type { AssignmentRemindersService } from './reminders/assignments.reminders.service';
