import type { AssignmentState, GradePolicy, LatePolicy, Pin } from './assignments.kinds';
import type { Assignment } from './assignments.sql';
import type { Dates } from './assignments.terms';

export type { Assignment } from './assignments.sql';

/** What differs for one student. Null: as the assignment says. */
export interface Override extends Dates {
  maxAttempts: number | null;
  latePolicy: LatePolicy | null;
  excused: boolean;
}

/** The state of the caller's own work: that of their latest attempt. */
export const MY_STATES = ['not_started', 'in_progress', 'submitted', 'returned'] as const;
export type MyState = (typeof MY_STATES)[number];

/** An assignment in a list across classes. */
export type ListedAssignment = Assignment & {
  /** How many attempts wait for the caller's grade; null if they do not grade here. */
  toGrade: number | null;
};

export interface ListedAssignmentFilters {
  q?: string | undefined;
  state?: AssignmentState | undefined;
  updatedSince?: Date | undefined;
  /** The date in force for the caller. */
  dueAfter?: Date | undefined;
  dueBefore?: Date | undefined;
  /** These three filters concern classes in which the caller is a student. */
  myState?: MyState | undefined;
  toDo?: boolean | undefined;
  overdue?: boolean | undefined;
}

/** Counts over all classes of the caller. */
export interface AssignmentTotals {
  toDo: number;
  overdue: number;
  notStarted: number;
  inProgress: number;
  submitted: number;
  returned: number;
  draft: number;
  published: number;
  closed: number;
}

interface Content {
  title: string;
  instructions?: string | null | undefined;
  opensAt?: Date | null | undefined;
  dueAt?: Date | null | undefined;
  closesAt?: Date | null | undefined;
  maxAttempts?: number | null | undefined;
  points?: number | undefined;
  latePolicy?: LatePolicy | undefined;
  gradePolicy?: GradePolicy | undefined;
  autoSubmit?: boolean | undefined;
  pin?: Pin | undefined;
  /** The tool's current version if absent. */
  toolVersion?: number | undefined;
}

export interface CreateAssignmentInput extends Content {
  classId: string;
  toolId: string;
}

export type UpdateAssignmentInput = Partial<Content> & {
  toolId?: string | undefined;
  /** What happens to the scores if `points` changes. */
  scores?: 'scale' | undefined;
};

export interface OverrideInput {
  opensAt?: Date | null | undefined;
  dueAt?: Date | null | undefined;
  closesAt?: Date | null | undefined;
  maxAttempts?: number | null | undefined;
  latePolicy?: LatePolicy | null | undefined;
  excused?: boolean | undefined;
}

/** An override with its student. */
export interface StudentOverride extends Override {
  userId: string;
  userName: string;
  updatedAt: Date;
}
