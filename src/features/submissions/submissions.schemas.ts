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
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { SUBMISSION_STATES } from './submissions.types';

export const SubmissionsQuery = listQuery(['-updatedAt', 'startedAt', 'submittedAt', 'userName'], {
  q: search().describe('Only students whose name contains this text.'),
  state: z.enum(SUBMISSION_STATES).optional(),
  late: queryFlag().optional(),
  userId: id().optional().describe('Only the work of this student.'),
  updatedSince: updatedSince(),
});
export const MySubmissionsQuery = listQuery(['-submittedAt'], {
  classId: id()
    .optional()
    .describe('Only this class. It may be archived, or a class that you manage from its group.'),
  groupId: id()
    .optional()
    .describe(
      'The classes of this group and of those below it, as far as you read their work, instead of your own.',
    ),
  assignmentId: id().optional().describe('Only this assignment.'),
  q: search().describe('Only students whose name contains this text.'),
  state: z.enum(SUBMISSION_STATES).optional(),
  late: queryFlag().optional(),
  userId: id().optional().describe('Only the work of this student.'),
  toGrade: queryFlag()
    .optional()
    .describe('Only work that you grade. true: handed in and without a grade; not your own.'),
  toReturn: queryFlag()
    .optional()
    .describe('Only work that you grade. true: handed in and graded, but not returned; not your own.'),
  updatedSince: updatedSince(),
});
export const AnswerBody = z.strictObject({ answer: prose(0, 100_000).nullable() });
export const GradeBody = z.strictObject({
  score: z
    .number()
    .min(0)
    .max(100_000)
    .multipleOf(0.01)
    .nullable()
    .optional()
    .describe("At most the assignment's points. Left out: as it was."),
  feedback: prose(0, 20_000).nullable().optional(),
  return: z.boolean().optional().describe('true: the student gets to see it at once.'),
});
export const ReturnBody = z
  .strictObject({
    allowAnotherAttempt: z
      .boolean()
      .optional()
      .describe(
        'true: the student can begin another attempt, also if all are used or the due date has passed. It is recorded as an override.',
      ),
    dueAt: moment()
      .optional()
      .describe('When the other attempt is due. Without it, it may be late if the due date has passed.'),
  })
  .refine(({ allowAnotherAttempt, dueAt }) => dueAt === undefined || allowAnotherAttempt === true, {
    path: ['dueAt'],
    message: 'is the due date of another attempt: send allowAnotherAttempt as well',
  });

export const BulkReturnSchema = z
  .object({ returned: z.number().int().describe('How many attempts were returned by this request.') })
  .meta({ id: 'BulkReturn' });

const nullableTimestamp = timestamp().nullable();
const summary = {
  id: z.uuid(),
  assignmentId: z.uuid(),
  assignmentTitle: z.string(),
  classId: z.uuid(),
  className: z.string(),
  user: z.object({ id: z.uuid(), name: z.string() }),
  attempt: z.number().int(),
  toolId: z.uuid(),
  toolVersion: z.number().int(),
  state: z.enum(SUBMISSION_STATES),
  startedAt: timestamp(),
  submittedAt: nullableTimestamp,
  dueAt: nullableTimestamp.describe(
    'The due date in force: at hand-in, or now while in progress. An extension granted afterwards counts, too.',
  ),
  late: z.boolean(),
  lateBySeconds: z.number().int(),
  autoSubmitted: z.boolean().describe('true: handed in for the student when time was up.'),
  score: z.number().nullable().describe('As returned.'),
  points: z.number(),
  draft: z
    .object({ score: z.number().nullable(), gradedAt: nullableTimestamp })
    .nullable()
    .describe('For those who grade; null for everybody else.'),
  returnedAt: nullableTimestamp,
  counts: z
    .boolean()
    .describe(
      "Whether it is the grade that counts, by the assignment's gradePolicy; with average: a part of it.",
    ),
  createdAt: timestamp(),
  updatedAt: timestamp(),
  links: links('self', 'assignment', 'user'),
  can: can('update', 'submit', 'grade', 'return'),
};

export const SubmissionSummarySchema = z.object(summary).meta({ id: 'SubmissionSummary' });
const count = (text: string) => z.number().int().describe(text);
export const SubmissionTotalsSchema = z
  .object({
    toGrade: count('In the classes that you teach: handed in, without a grade, not your own.'),
    toReturn: count('In the classes that you teach: handed in and graded, but not returned; not your own.'),
    inProgress: count('Your own attempts in progress.'),
    submitted: count('Your own attempts that are handed in.'),
    returned: count('Your own returned attempts, and those of the students whose guardian you are.'),
  })
  .meta({
    id: 'SubmissionTotals',
    description: 'Counts over all your classes, archived ones aside, whatever the filters and the page.',
  });
export const SubmissionSchema = z
  .object({
    ...summary,
    toolType: z.enum(['chat', 'product']),
    answer: z.string().nullable().describe('Null for guardians, too.'),
    feedback: z.string().nullable().describe('As returned.'),
    draft: z
      .object({ score: z.number().nullable(), feedback: z.string().nullable(), gradedAt: nullableTimestamp })
      .nullable()
      .describe('For those who grade; null for everybody else.'),
    sessionId: z.uuid().nullable().describe('The newest chat on it.'),
    runId: z.uuid().nullable().describe('The newest run on it.'),
  })
  .meta({ id: 'Submission' });
