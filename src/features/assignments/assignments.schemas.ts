import { z } from 'zod';
import {
  canSchema,
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
import { ASSIGNMENT_STATES, GRADE_POLICIES, LATE_POLICIES, PINS } from './assignments.kinds';
import { MY_STATES } from './assignments.types';

const content = {
  title: text(1, 200),
  instructions: prose(0, 20_000).nullable().optional(),
  opensAt: moment().nullable().optional(),
  dueAt: moment().nullable().optional(),
  closesAt: moment().nullable().optional(),
  maxAttempts: z.int().min(1).max(1_000).nullable().optional().describe('null: any number of attempts.'),
  points: z.number().min(0).max(100_000).multipleOf(0.01).optional(),
  latePolicy: z.enum(LATE_POLICIES).optional(),
  gradePolicy: z
    .enum(GRADE_POLICIES)
    .optional()
    .describe('Which returned attempts of a student count as the grade. Default: latest.'),
  autoSubmit: z
    .boolean()
    .optional()
    .describe(
      'true (the default): an attempt in progress that has content is submitted for the student when they can no longer submit it.',
    ),
  pin: z
    .enum(PINS)
    .optional()
    .describe(
      'exact: attempts use the pinned version; follow_latest: each new attempt uses the current version.',
    ),
  toolVersion: z.int().min(1).max(1_000_000).optional().describe('Default: the current version of the tool.'),
};

export const CreateAssignmentBody = z.strictObject({ classId: id(), toolId: id(), ...content });
export const UpdateAssignmentBody = z.strictObject({
  toolId: id().optional(),
  scores: z
    .enum(['scale'])
    .optional()
    .describe(
      'Use it if you change `points`: each score keeps its share of the points. Without it, the answer is 409 if a score is above the new points.',
    ),
  ...content,
  title: content.title.optional(),
});
export const AssignmentsQuery = listQuery(['-createdAt', 'dueAt', 'updatedAt', 'title'], {
  q: search(),
  state: z.enum(ASSIGNMENT_STATES).optional(),
  dueAfter: moment()
    .optional()
    .describe('Due at or after this time. For students, by the due date that applies to them.'),
  dueBefore: moment().optional(),
  updatedSince: updatedSince(),
});
export const MyAssignmentsQuery = listQuery(['dueAt'], {
  classId: id()
    .optional()
    .describe(
      'Only this class. It may be archived, or a class that you see because of your role in its group.',
    ),
  groupId: id()
    .optional()
    .describe(
      'The classes of this group and of the groups below it that you can see, instead of your own classes.',
    ),
  q: search(),
  state: z.enum(ASSIGNMENT_STATES).optional(),
  myState: z
    .enum(MY_STATES)
    .optional()
    .describe('The state of your latest attempt. Only classes in which you are a student.'),
  toDo: queryFlag()
    .optional()
    .describe(
      'true: assignments that you can submit now, have not submitted and are not excused from. Only classes in which you are a student.',
    ),
  overdue: queryFlag()
    .optional()
    .describe(
      'true: assignments that are past the due date that applies to you, are not closed, and that you have not submitted. Only classes in which you are a student.',
    ),
  dueAfter: moment().optional().describe('Due at or after this time, by the due date that applies to you.'),
  dueBefore: moment().optional().describe('Due before this time, by the due date that applies to you.'),
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
export const OverrideParams = z.strictObject({ id: id(), userId: id() });

const nullableTimestamp = timestamp().nullable();
/** Why a field may be null although the assignment has a value. */
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
    timeZone: z.string().describe('The IANA time zone of the school. Show the dates in this zone.'),
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
          .describe('The grade that counts: the returned attempt that `gradePolicy` selects, and its score.'),
        attemptsLeft: z.number().int().nullable().describe('null: any number.'),
        excused: z.boolean(),
      })
      .nullable()
      .describe(
        'Your own work; null if you are not a student of the class. For a student, dates and attempts are the ones that apply to them.',
      ),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'class', 'submissions').extend({ tool: z.string().nullable().describe(HIDDEN) }),
    can: canSchema(
      'update',
      'publish',
      'close',
      'override',
      'start',
      'grade',
      'archive',
      'delete',
      'restore',
    ),
  })
  .meta({ id: 'Assignment' });

export const MyAssignmentSchema = AssignmentSchema.extend({
  toGrade: z
    .number()
    .int()
    .nullable()
    .describe(
      'The number of attempts of other users that are submitted and have no grade. Null if you do not grade here.',
    ),
}).meta({ id: 'MyAssignment' });

const count = (text: string) => z.number().int().describe(text);
export const AssignmentTotalsSchema = z
  .object({
    toDo: count('As a student: assignments that you can submit now and have not submitted.'),
    overdue: count('As a student: assignments that are past the due date, not closed, and not submitted.'),
    notStarted: count('As a student: assignments without an attempt.'),
    inProgress: count('As a student: assignments whose latest attempt is in progress.'),
    submitted: count('As a student: assignments whose latest attempt is submitted.'),
    returned: count('As a student: assignments whose latest attempt is returned.'),
    draft: count('Drafts of the classes that you teach or assist.'),
    published: count('Published assignments of the classes that you teach or assist.'),
    closed: count('Closed assignments of the classes that you teach or assist.'),
  })
  .meta({
    id: 'AssignmentTotals',
    description: 'Counts over all classes in which you have a role. Filters and page do not change them.',
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
