import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
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
  'submission.not_found': 'There is no such submission, or none that the caller may know of.',
};
const UNKNOWN_ASSIGNMENT = {
  'assignment.not_found': 'There is no such assignment, or none that the caller may know of.',
};
const UNKNOWN_CLASS = 'There is no such class, or none that the caller may know of.';
const OWN_WORK = { 'submission.own_work': 'The work is your own.' };
const submission = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, data: SubmissionSchema, revisioned: true }) as const;
const BEGUN = {
  ...submission('The attempt, begun just now.', 201),
  existing: 'The attempt that was in progress already.',
} as const;
const pick = (...reasons: (keyof typeof WORK_CONFLICTS)[]) =>
  Object.fromEntries(reasons.map((reason) => [reason, WORK_CONFLICTS[reason]]));
const CLOSED = pick('assignment.archived', 'assignment.not_open', 'assignment.closed', 'submission.too_late');

function studentRoutes(submissions: SubmissionsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assignments/:id/submissions',
      summary: 'Begin an attempt, or go on with the one in progress',
      description:
        'Attempts are numbered 1, 2, 3… and made one at a time: while one is in progress, it is the answer, with 200.',
      access: signedIn('submission.create'),
      params: idParams,
      idempotency: 'transaction',
      success: BEGUN,
      errors: {
        ...UNKNOWN_ASSIGNMENT,
        ...CLOSED,
        ...pick('assignment.not_published', 'submission.excused', 'submission.no_attempts_left'),
        'submission.students_only': 'The caller is no student of the class.',
      },
      handler: submissions.start,
    }),
    defineRoute({
      method: 'patch',
      path: '/submissions/:id',
      summary: 'Write the answer',
      access: signedIn('submission.update'),
      params: idParams,
      body: AnswerBody,
      bodyLimit: 640 * KIB,
      conditional: true,
      success: submission('The attempt as it is now.'),
      errors: { ...UNKNOWN, ...CLOSED, ...pick('submission.not_in_progress') },
      example: { answer: 'Plants turn light into sugar, because …' },
      handler: submissions.saveAnswer,
    }),
    defineRoute({
      method: 'post',
      path: '/submissions/:id/submit',
      summary: 'Hand in',
      description:
        'Whether it is late is decided by the due date in force for the student; an extension that is granted afterwards counts, too. Without an answer, a message or a run that succeeded there is nothing to hand in.',
      access: signedIn('submission.submit'),
      params: idParams,
      success: submission('The attempt, handed in.'),
      errors: { ...UNKNOWN, ...CLOSED, ...pick('submission.not_in_progress', 'submission.empty') },
      handler: submissions.submit,
    }),
  ];
}

const list = {
  status: 200,
  description: 'Those that the caller may read, without what was written.',
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
        'By the time of handing in, the newest first; without archived classes. Teachers and assistants see the attempts of their classes, students their own, guardians the returned ones of their child. Admins name a group, a class or an assignment. `meta.totals` counts over all your classes.',
      access: signedIn('submission.list'),
      query: MySubmissionsQuery,
      success: { ...list, totals: SubmissionTotalsSchema },
      errors: {
        'class.not_found': UNKNOWN_CLASS,
        'group.not_found': 'There is no such group, or none that the caller may know of.',
        ...UNKNOWN_ASSIGNMENT,
      },
      handler: submissions.listMine,
    }),
    defineRoute({
      method: 'get',
      path: '/assignments/:id/submissions',
      summary: 'List the attempts at an assignment',
      description: "A student's list has their own; a guardian's the returned ones of their child.",
      access: signedIn('submission.list'),
      params: idParams,
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
      params: idParams,
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
      summary: 'Read an attempt',
      description: "Reading somebody else's is recorded.",
      access: signedIn('submission.read'),
      params: idParams,
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
      summary: 'Grade, as a draft',
      description:
        'The student sees nothing of it until it is returned; with `return` that happens at once. The same grade again changes nothing.',
      access: signedIn('submission.grade'),
      params: idParams,
      body: GradeBody,
      bodyLimit: 128 * KIB,
      conditional: true,
      success: submission('The attempt with the draft.'),
      errors: {
        ...UNKNOWN,
        ...pick('submission.not_submitted', 'assignment.archived'),
        ...OWN_WORK,
        'submission.score_too_high': "The score is above the assignment's points.",
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
      summary: 'Return to the student',
      description:
        'Releases the draft. After another grade it can be returned again; otherwise a second return changes nothing and notifies nobody.',
      access: signedIn('submission.return'),
      params: idParams,
      body: ReturnBody,
      conditional: true,
      success: submission('The attempt, returned.'),
      errors: {
        ...UNKNOWN,
        ...OWN_WORK,
        ...pick('submission.not_submitted', 'assignment.archived'),
        'assignment.closed': 'Another attempt could not be used: the assignment is closed for the student.',
        'submission.due_date_past': 'The due date of another attempt is in the past.',
        'assignment.dates_order': 'The due date of another attempt lies before `opensAt`.',
      },
      example: { allowAnotherAttempt: true, dueAt: '2027-02-26T22:00:00Z' },
      handler: submissions.return,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/return',
      summary: 'Return all graded work of an assignment',
      description:
        'Releases every grade that its student does not see yet, and notifies each student once. Work without a grade and your own work stay as they are.',
      access: signedIn('submission.return'),
      params: idParams,
      success: { status: 200, description: 'How many attempts were returned.', data: BulkReturnSchema },
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
