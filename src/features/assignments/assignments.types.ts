import type { z } from 'zod';
import type { AssignmentRow } from './assignments.sql';
import type { Terms } from './assignments.terms';

export const ASSIGNMENT_STATES = ['draft', 'published', 'closed', 'archived'] as const;
export type AssignmentState = (typeof ASSIGNMENT_STATES)[number];

/**
 * `exact`: students get the pinned version; `follow_latest`: each new attempt takes the tool's current one.
 */
export const PINS = ['exact', 'follow_latest'] as const;
export type Pin = (typeof PINS)[number];

/** What happens to work after the due date: accepted and marked late, or refused. */
export const LATE_POLICIES = ['accept', 'refuse'] as const;
export type LatePolicy = (typeof LATE_POLICIES)[number];

/**
 * Which of a student's returned attempts is their grade; `average`: the mean of all attempts with a score.
 */
export const GRADE_POLICIES = ['latest', 'best', 'first', 'average'] as const;
export type GradePolicy = (typeof GRADE_POLICIES)[number];

/** When work opens, is due, and closes. Null: no such moment. */
export interface Dates {
  opensAt: Date | null;
  dueAt: Date | null;
  closesAt: Date | null;
}

/** What differs for one student. Null: as the assignment says. */
export interface Override extends Dates {
  maxAttempts: number | null;
  latePolicy: LatePolicy | null;
  excused: boolean;
}

/** The caller's own work, as a student of the class. */
export interface MyWork {
  attempts: number;
  latestSubmissionId: string | null;
  latestState: 'in_progress' | 'submitted' | 'returned' | null;
  /** The returned attempt that counts; with `average` the latest of them. */
  countingSubmissionId: string | null;
  /** The score that counts. */
  countingScore: number | null;
}

export interface Assignment extends z.output<typeof AssignmentRow> {
  /** The caller's terms: after their override, if they are a student of the class. */
  terms: Terms;
  /** The caller's own work; zero attempts for people who are not students of the class. */
  mine: MyWork;
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
