export { areInOrder, attemptsInForce, datesInForce, isOpenAt } from './assignments.dates';
export { AssignmentNotFoundError } from './assignments.errors';
export { createAssignmentReminders, createAssignmentsModule } from './assignments.module';
export { assignmentRules } from './assignments.policy';
export type { AssignmentRemindersService } from './assignments.reminders.service';
export { type AssignmentsService, assignmentSubject } from './assignments.service';
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
} from './assignments.types';
