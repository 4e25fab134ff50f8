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
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { SUBMISSION_STATES } from './submissions.types';

export const SubmissionsQuery = listQuery(['-updatedAt', 'startedAt', 'submittedAt', 'userName'], {
  q: search().describe('Only students whose name contains this text.'),
  state: z.enum(SUBMISSION_STATES).optional(),
  late: queryFlag().optional(),
  userId: id().optional().describe('Only the attempts of this student.'),
  updatedSince: updatedSince(),
});
export const MySubmissionsQuery = listQuery(['-submittedAt'], {
  classId: id()
    .optional()
    .describe(
      'Only this class. It may be archived, or a class that you manage because of your role in its group.',
    ),
  groupId: id()
    .optional()
    .describe(
      'The classes of this group and of the groups below it whose work you may read, instead of your own classes.',
    ),
  assignmentId: id().optional().describe('Only this assignment.'),
  q: search().describe('Only students whose name contains this text.'),
  state: z.enum(SUBMISSION_STATES).optional(),
  late: queryFlag().optional(),
  userId: id().optional().describe('Only the attempts of this student.'),
  toGrade: queryFlag()
    .optional()
    .describe(
      'true: attempts that are submitted and have no grade. Only work that you grade, without your own.',
    ),
  toReturn: queryFlag()
    .optional()
    .describe(
      'true: attempts that are submitted and graded, but not returned. Only work that you grade, without your own.',
    ),
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
    .describe('At most the points of the assignment. If you leave it out, the score stays as it was.'),
  feedback: prose(0, 20_000).nullable().optional(),
  return: z.boolean().optional().describe('true: return the grade to the student immediately.'),
});
export const ReturnBody = z
  .strictObject({
    allowAnotherAttempt: z
      .boolean()
      .optional()
      .describe(
        'true: the student can start another attempt, even if all attempts are used or the due date has passed. It is stored as an override.',
      ),
    dueAt: moment()
      .optional()
      .describe(
        'The due date of the other attempt. Without it, the attempt may be late if the due date has passed.',
      ),
  })
  .refine(({ allowAnotherAttempt, dueAt }) => dueAt === undefined || allowAnotherAttempt === true, {
    path: ['dueAt'],
    message: 'is the due date of another attempt: send allowAnotherAttempt as well',
  });

export const BulkReturnSchema = z
  .object({ returned: z.number().int().describe('The number of attempts that this request returned.') })
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
    'The due date that applies: at submission, or now if the attempt is in progress. An extension that is granted later counts, too.',
  ),
  late: z.boolean(),
  lateBySeconds: z.number().int(),
  autoSubmitted: z.boolean().describe('true: submitted for the student when the time was up.'),
  score: z.number().nullable().describe('The value that was returned.'),
  points: z.number(),
  draft: z
    .object({ score: z.number().nullable(), gradedAt: nullableTimestamp })
    .nullable()
    .describe('Only for users who grade the work; null for all others.'),
  returnedAt: nullableTimestamp,
  counts: z
    .boolean()
    .describe(
      'true if this attempt is the grade that counts by the `gradePolicy` of the assignment. With `average`, true for each attempt that is part of it.',
    ),
  createdAt: timestamp(),
  updatedAt: timestamp(),
  links: links('self', 'assignment', 'user'),
  can: canSchema('update', 'submit', 'grade', 'return'),
};

export const SubmissionSummarySchema = z.object(summary).meta({ id: 'SubmissionSummary' });
const count = (text: string) => z.number().int().describe(text);
export const SubmissionTotalsSchema = z
  .object({
    toGrade: count('In the classes that you teach: submitted attempts without a grade, without your own.'),
    toReturn: count(
      'In the classes that you teach: submitted and graded attempts that are not returned, without your own.',
    ),
    inProgress: count('Your own attempts in progress.'),
    submitted: count('Your own submitted attempts.'),
    returned: count(
      'Your own returned attempts, and the returned attempts of the students whose guardian you are.',
    ),
  })
  .meta({
    id: 'SubmissionTotals',
    description:
      'Counts over all your classes, except archived classes. Filters and page do not change them.',
  });
export const SubmissionSchema = z
  .object({
    ...summary,
    toolType: z.enum(['chat', 'product']),
    answer: z.string().nullable().describe('Also null for guardians.'),
    feedback: z.string().nullable().describe('The value that was returned.'),
    draft: z
      .object({ score: z.number().nullable(), feedback: z.string().nullable(), gradedAt: nullableTimestamp })
      .nullable()
      .describe('Only for users who grade the work; null for all others.'),
    sessionId: z.uuid().nullable().describe('The newest chat session of the attempt.'),
    runId: z.uuid().nullable().describe('The newest run of the attempt.'),
  })
  .meta({ id: 'Submission' });
