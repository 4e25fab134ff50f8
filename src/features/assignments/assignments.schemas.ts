import { z } from 'zod';
import {
  can,
  id,
  links,
  listQuery,
  moment,
  prose,
  queryFlag,
  search,
  text,
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { ASSIGNMENT_STATES, GRADE_POLICIES, LATE_POLICIES, MY_STATES, PINS } from './assignments.types';

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
export const MyAssignmentsQuery = listQuery(['dueAt'], {
  classId: id()
    .optional()
    .describe('Only this class. It may be archived, or a class that you see from its group.'),
  groupId: id()
    .optional()
    .describe(
      'The classes of this group and of those below it, as far as you see them, instead of your own.',
    ),
  q: search(),
  state: z.enum(ASSIGNMENT_STATES).optional(),
  myState: z
    .enum(MY_STATES)
    .optional()
    .describe('Only classes in which you are a student: the state of your latest attempt.'),
  toDo: queryFlag()
    .optional()
    .describe(
      'Only classes in which you are a student. true: what you can hand in now and have not handed in; without what you are excused from.',
    ),
  overdue: queryFlag()
    .optional()
    .describe(
      'Only classes in which you are a student. true: the due date in force has passed, the assignment is not closed, and you have not handed in.',
    ),
  dueAfter: moment().optional().describe('Due at or after this moment; by the date in force for you.'),
  dueBefore: moment().optional().describe('Due before this moment; by the date in force for you.'),
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

export const MyAssignmentSchema = AssignmentSchema.extend({
  toGrade: z
    .number()
    .int()
    .nullable()
    .describe('How many attempts of others are handed in and have no grade. Null if you do not grade here.'),
}).meta({ id: 'MyAssignment' });

const count = (text: string) => z.number().int().describe(text);
export const AssignmentTotalsSchema = z
  .object({
    toDo: count('As a student: what you can hand in now and have not handed in.'),
    overdue: count('As a student: what is past its due date, not closed, and not handed in.'),
    notStarted: count('As a student: without an attempt.'),
    inProgress: count('As a student: your latest attempt is in progress.'),
    submitted: count('As a student: your latest attempt is handed in.'),
    returned: count('As a student: your latest attempt is returned.'),
    draft: count('Drafts of the classes that you teach or assist.'),
    published: count('Published assignments of the classes that you teach or assist.'),
    closed: count('Closed assignments of the classes that you teach or assist.'),
  })
  .meta({
    id: 'AssignmentTotals',
    description: 'Counts over all classes in which you have a role, whatever the filters and the page.',
  });

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
