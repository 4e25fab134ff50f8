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
