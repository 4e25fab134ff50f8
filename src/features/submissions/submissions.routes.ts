import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { SubmissionsController } from './submissions.controller';
import { WORK_CONFLICTS } from './submissions.errors';
import {
  AnswerBody,
  BulkReturnSchema,
  GradeBody,
  MySubmissionsQuery,
  ReturnBody,
  SubmissionSchema,
  SubmissionSummarySchema,
  SubmissionsQuery,
  SubmissionTotalsSchema,
} from './submissions.schemas';

const UNKNOWN = {
  'submission.not_found': 'There is no such attempt, or you may not see it.',
};
const UNKNOWN_ASSIGNMENT = {
  'assignment.not_found': 'There is no such assignment, or you may not see it.',
};
const UNKNOWN_CLASS = 'There is no such class, or you may not see it.';
const OWN_WORK = { 'submission.own_work': 'You cannot grade or return your own work.' };
const submission = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, data: SubmissionSchema, revisioned: true }) as const;
const BEGUN = {
  ...submission('The new attempt.', 201),
  existing: 'The attempt that was already in progress.',
} as const;
const pick = (...reasons: (keyof typeof WORK_CONFLICTS)[]) =>
  Object.fromEntries(reasons.map((reason) => [reason, WORK_CONFLICTS[reason]]));
const CLOSED = pick('assignment.archived', 'assignment.not_open', 'assignment.closed', 'submission.too_late');

function studentRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assignments/:id/submissions',
      summary: 'Start an attempt, or continue the attempt in progress',
      description:
        'Attempts are numbered 1, 2, 3… A student has one attempt in progress at a time: if there is one, the answer is that attempt, with status 200.',
      access: signedIn('submission.create'),
      params: IdParams,
      idempotency: 'transaction',
      success: BEGUN,
      errors: {
        ...UNKNOWN_ASSIGNMENT,
        ...CLOSED,
        ...pick('assignment.not_published', 'submission.excused', 'submission.no_attempts_left'),
        'submission.students_only': 'You are not a student of the class.',
      },
      handler: submissions.start,
    }),
    defineRoute({
      method: 'patch',
      path: '/submissions/:id',
      summary: 'Update the answer of an attempt',
      access: signedIn('submission.update'),
      params: IdParams,
      body: AnswerBody,
      bodyLimit: 640 * KIB,
      conditional: true,
      success: submission('The updated attempt.'),
      errors: { ...UNKNOWN, ...CLOSED, ...pick('submission.not_in_progress') },
      example: { answer: 'Plants turn light into sugar, because …' },
      handler: submissions.saveAnswer,
    }),
    defineRoute({
      method: 'post',
      path: '/submissions/:id/submit',
      summary: 'Submit an attempt',
      description:
        'The due date that applies to the student decides if the attempt is late; an extension that is granted later counts, too. An attempt needs an answer, a message or a run that succeeded before you can submit it.',
      access: signedIn('submission.submit'),
      params: IdParams,
      success: submission('The submitted attempt.'),
      errors: { ...UNKNOWN, ...CLOSED, ...pick('submission.not_in_progress', 'submission.empty') },
      handler: submissions.submit,
    }),
  ];
}

const list = {
  status: 200,
  description: 'A page of attempts that you may read, without answers and feedback.',
  data: SubmissionSummarySchema,
  list: true,
} as const;

function listRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/submissions',
      summary: 'List the attempts in your classes, and your own',
      description:
        'Sorted by submission time, newest first; archived classes are left out. Teachers and assistants see the attempts in their classes, students their own, guardians the returned attempts of their child. Admins name a group, a class or an assignment. `meta.totals` counts over all your classes.',
      access: signedIn('submission.list'),
      query: MySubmissionsQuery,
      success: { ...list, totals: SubmissionTotalsSchema },
      errors: {
        'class.not_found': UNKNOWN_CLASS,
        'group.not_found': 'There is no such group, or you may not see it.',
        ...UNKNOWN_ASSIGNMENT,
      },
      handler: submissions.listMine,
    }),
    defineRoute({
      method: 'get',
      path: '/assignments/:id/submissions',
      summary: 'List the attempts of an assignment',
      description: 'Students see their own attempts, guardians the returned attempts of their child.',
      access: signedIn('submission.list'),
      params: IdParams,
      query: SubmissionsQuery,
      success: list,
      errors: UNKNOWN_ASSIGNMENT,
      handler: submissions.listOfAssignment,
    }),
    defineRoute({
      method: 'get',
      path: '/classes/:id/submissions',
      summary: 'List the attempts in a class',
      access: signedIn('submission.list'),
      params: IdParams,
      query: SubmissionsQuery,
      success: list,
      errors: { 'class.not_found': UNKNOWN_CLASS },
      handler: submissions.listOfClass,
    }),
  ];
}

function readingRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/submissions/:id',
      summary: 'Get an attempt',
      description: 'If you read the attempt of another user, this is recorded in the audit trail.',
      access: signedIn('submission.read'),
      params: IdParams,
      success: submission('The attempt.'),
      errors: UNKNOWN,
      handler: submissions.get,
    }),
  ];
}

function gradingRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/submissions/:id/grade',
      summary: 'Grade an attempt (as a draft)',
      description:
        'The student cannot see the grade until you return it. With `return: true` you return it immediately. If the grade is the same as before, nothing changes.',
      access: signedIn('submission.grade'),
      params: IdParams,
      body: GradeBody,
      bodyLimit: 128 * KIB,
      conditional: true,
      success: submission('The attempt with the draft grade.'),
      errors: {
        ...UNKNOWN,
        ...pick('submission.not_submitted', 'assignment.archived'),
        ...OWN_WORK,
        'submission.score_too_high': 'The score is above the points of the assignment.',
      },
      example: { score: 87, feedback: 'Clear reasoning. Say where the energy comes from.' },
      handler: submissions.grade,
    }),
  ];
}

function returningRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/submissions/:id/return',
      summary: 'Return graded work',
      description:
        'Releases the draft grade to the student. If you grade the attempt again, you can return it again; otherwise a second return changes nothing and notifies no one.',
      access: signedIn('submission.return'),
      params: IdParams,
      body: ReturnBody,
      conditional: true,
      success: submission('The returned attempt.'),
      errors: {
        ...UNKNOWN,
        ...OWN_WORK,
        ...pick('submission.not_submitted', 'assignment.archived'),
        'assignment.closed':
          'The student could not use another attempt because the assignment is closed for them.',
        'submission.due_date_past': 'The due date of the other attempt is in the past.',
        'assignment.dates_order': 'The due date of the other attempt is before `opensAt`.',
      },
      example: { allowAnotherAttempt: true, dueAt: '2027-02-26T22:00:00Z' },
      handler: submissions.return,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/return',
      summary: 'Return all graded work of an assignment',
      description:
        'Releases every grade that the student cannot see yet, and notifies each student once. Work without a grade and your own work stay as they are.',
      access: signedIn('submission.return'),
      params: IdParams,
      success: {
        status: 200,
        description: 'The number of attempts that were returned.',
        data: BulkReturnSchema,
      },
      errors: { ...UNKNOWN_ASSIGNMENT, ...pick('assignment.archived') },
      handler: submissions.returnGraded,
    }),
  ];
}

export const submissionsRoutes = (submissions: SubmissionsController): Route[] => [
  ...studentRoutes(submissions),
  ...listRoutes(submissions),
  ...readingRoutes(submissions),
  ...gradingRoutes(submissions),
  ...returningRoutes(submissions),
];
