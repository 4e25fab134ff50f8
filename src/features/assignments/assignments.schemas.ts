import { z } from 'zod';
import {
  can,
  id,
  links,
  listQuery,
  moment,
  prose,
  search,
  text,
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { ASSIGNMENT_STATES, GRADE_POLICIES, LATE_POLICIES, PINS } from './assignments.types';

const content = {
  title: text(1, 200),
  instructions: prose(0, 20_000).nullable().optional(),
  opensAt: moment().nullable().optional(),
  dueAt: moment().nullable().optional(),
  closesAt: moment().nullable().optional(),
  maxAttempts: z.int().min(1).max(1_000).nullable().optional().describe('null: as many as one likes.'),
  points: z.number().min(0).max(100_000).multipleOf(0.01).optional(),
  latePolicy: z.enum(LATE_POLICIES).optional(),
  gradePolicy: z
    .enum(GRADE_POLICIES)
    .optional()
    .describe('Which of the returned attempts of a student is their grade. Default: latest.'),
  autoSubmit: z
    .boolean()
    .optional()
    .describe(
      'true (the default): work in progress that has content is handed in for the student when they can no longer do it.',
    ),
  pin: z
    .enum(PINS)
    .optional()
    .describe('exact: the pinned version; follow_latest: each new attempt takes the current one.'),
  toolVersion: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Without it: the current version of the tool.'),
};

export const CreateAssignmentBody = z.strictObject({ classId: id(), toolId: id(), ...content });
export const UpdateAssignmentBody = z.strictObject({
  toolId: id().optional(),
  scores: z
    .enum(['scale'])
    .optional()
    .describe(
      'With another `points`: every score keeps its share of them. Without it a score above them is a 409.',
    ),
  ...content,
  title: content.title.optional(),
});
export const AssignmentsQuery = listQuery(['-createdAt', 'dueAt', 'updatedAt', 'title'], {
  q: search(),
  state: z.enum(ASSIGNMENT_STATES).optional(),
  dueAfter: moment()
    .optional()
    .describe('Due at or after this moment; for students, by the date in force for them.'),
  dueBefore: moment().optional(),
  updatedSince: updatedSince(),
});
export const OverrideBody = z.strictObject({
  opensAt: content.opensAt,
  dueAt: content.dueAt,
  closesAt: content.closesAt,
  maxAttempts: content.maxAttempts,
  latePolicy: z.enum(LATE_POLICIES).nullable().optional(),
  excused: z.boolean().optional(),
});
export const overrideParams = z.strictObject({ id: id(), userId: id() });

const nullableTimestamp = timestamp().nullable();
/** Why a field may be null although the assignment has it. */
const HIDDEN = 'Null before `opensAt`, unless you plan the work of the class.';

export const AssignmentSchema = z
  .object({
    id: z.uuid(),
    classId: z.uuid(),
    className: z.string(),
    toolId: z.uuid().nullable().describe(HIDDEN),
    toolName: z.string().nullable().describe(HIDDEN),
    toolType: z.enum(['chat', 'product']).nullable().describe(HIDDEN),
    toolVersion: z.number().int().nullable().describe(HIDDEN),
    pin: z.enum(PINS).nullable().describe(HIDDEN),
    title: z.string(),
    instructions: z.string().nullable().describe(HIDDEN),
    opensAt: nullableTimestamp,
    dueAt: nullableTimestamp,
    closesAt: nullableTimestamp,
    timeZone: z.string().describe("The school's IANA time zone, in which to show the dates."),
    maxAttempts: z.number().int().nullable(),
    points: z.number(),
    latePolicy: z.enum(LATE_POLICIES),
    gradePolicy: z.enum(GRADE_POLICIES),
    autoSubmit: z.boolean(),
    state: z.enum(ASSIGNMENT_STATES),
    publishedAt: nullableTimestamp,
    closedAt: nullableTimestamp,
    mine: z
      .object({
        attempts: z.number().int(),
        latestSubmissionId: z.uuid().nullable(),
        latestState: z.enum(['in_progress', 'submitted', 'returned']).nullable(),
        grade: z
          .object({ submissionId: z.uuid(), score: z.number().nullable() })
          .nullable()
          .describe('The grade that counts: the returned attempt that `gradePolicy` chooses, and its score.'),
        attemptsLeft: z.number().int().nullable().describe('null: any number.'),
        excused: z.boolean(),
      })
      .nullable()
      .describe(
        "The caller's own work; null for those who are no students of the class. Dates and attempts are then the ones in force for them.",
      ),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'class', 'submissions').extend({ tool: z.string().nullable().describe(HIDDEN) }),
    can: can('update', 'publish', 'close', 'override', 'start', 'grade', 'archive', 'delete', 'restore'),
  })
  .meta({ id: 'Assignment' });

export const OverrideSchema = z
  .object({
    userId: z.uuid(),
    userName: z.string(),
    opensAt: nullableTimestamp,
    dueAt: nullableTimestamp,
    closesAt: nullableTimestamp,
    maxAttempts: z.number().int().nullable(),
    latePolicy: z.enum(LATE_POLICIES).nullable(),
    excused: z.boolean(),
    updatedAt: timestamp(),
  })
  .meta({ id: 'AssignmentOverride' });
