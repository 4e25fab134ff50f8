import { z } from 'zod';
import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { AssignmentsController } from './assignments.controller';
import {
  AssignmentSchema,
  AssignmentsQuery,
  AssignmentTotalsSchema,
  CreateAssignmentBody,
  MyAssignmentSchema,
  MyAssignmentsQuery,
  OverrideBody,
  OverrideParams,
  OverrideSchema,
  UpdateAssignmentBody,
} from './assignments.schemas';

const UNKNOWN = {
  'assignment.not_found': 'There is no such assignment, or you may not see it.',
};
const UNKNOWN_TOOL = {
  'tool.not_found': 'There is no such tool, or you may not see it.',
  'tool.version_not_found': 'The tool has no such version.',
};
const ARCHIVED = { 'assignment.archived': 'The assignment is archived.' };
const OWN = { 'assignment.own_override': 'You cannot change your own override.' };
const ORDER = {
  'assignment.dates_order': '`opensAt` must be before `dueAt`, and `dueAt` before `closesAt`.',
};
/** The reasons why existing work can refuse a change. */
const FACTS = {
  'assignment.has_submissions': 'Students have started attempts, so the tool cannot change.',
  'assignment.scores_above_points': 'Graded attempts have a score above the new points.',
  'assignment.overrides_order':
    'The dates of students with an override would be out of order. `details` names the students.',
};
const assignment = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, data: AssignmentSchema, revisioned: true }) as const;

const UNKNOWN_PLACE = {
  'class.not_found': 'There is no such class, or you may not see it.',
  'group.not_found': 'There is no such group, or you may not see it.',
};

function listRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assignments',
      summary: 'List your assignments across your classes',
      description:
        'Sorted by the due date that applies to you; archived classes are left out. As a student you see published and closed assignments, as a teacher or an assistant also drafts. Admins name a group or a class. `meta.totals` counts over all your classes, so a start page needs two calls: this one and `GET /submissions`.',
      access: signedIn('assignment.read'),
      query: MyAssignmentsQuery,
      success: {
        ...{ status: 200, description: 'A page of assignments.', data: MyAssignmentSchema, list: true },
        totals: AssignmentTotalsSchema,
      },
      errors: UNKNOWN_PLACE,
      handler: assignments.listMine,
    }),
    defineRoute({
      method: 'get',
      path: '/classes/:id/assignments',
      summary: 'List the assignments of a class',
      description:
        'Students see published and closed assignments, with the dates that apply to them and their own attempts. Before `opensAt` they see the title and the dates, but not the instructions and the tool.',
      access: signedIn('assignment.read'),
      params: IdParams,
      query: AssignmentsQuery,
      success: { status: 200, description: 'A page of assignments.', data: AssignmentSchema, list: true },
      errors: { 'class.not_found': UNKNOWN_PLACE['class.not_found'] },
      handler: assignments.listOfClass,
    }),
  ];
}

function creationRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assignments',
      summary: 'Create an assignment (as a draft)',
      access: signedIn('assignment.create'),
      body: CreateAssignmentBody,
      bodyLimit: 160 * KIB,
      idempotency: 'transaction',
      success: assignment('The draft.', 201),
      errors: { 'class.not_found': 'There is no such class.', ...UNKNOWN_TOOL, ...ORDER },
      example: {
        classId: '01890a5d-ac96-774b-bcce-b302099a8057',
        toolId: '01890a5d-ac96-774b-bcce-b302099a8058',
        title: 'Photosynthesis, step by step',
        dueAt: '2027-02-12T22:00:00Z',
        maxAttempts: 2,
      },
      handler: assignments.create,
    }),
  ];
}

function singleRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assignments/:id',
      summary: 'Get an assignment',
      access: signedIn('assignment.read'),
      params: IdParams,
      success: assignment('The assignment.'),
      errors: UNKNOWN,
      handler: assignments.get,
    }),
    defineRoute({
      method: 'patch',
      path: '/assignments/:id',
      summary: 'Update an assignment',
      description: 'Attempts that have started keep their tool version.',
      access: signedIn('assignment.update'),
      params: IdParams,
      body: UpdateAssignmentBody,
      bodyLimit: 160 * KIB,
      conditional: true,
      success: assignment('The updated assignment.'),
      errors: {
        ...UNKNOWN,
        ...UNKNOWN_TOOL,
        ...ORDER,
        ...ARCHIVED,
        ...FACTS,
      },
      example: { dueAt: '2027-02-19T22:00:00Z' },
      handler: assignments.update,
    }),
    defineRoute({
      method: 'delete',
      path: '/assignments/:id',
      summary: 'Delete an assignment',
      description:
        'The assignment disappears for all users. You can restore it. If students have handed in work, archive the assignment instead.',
      access: signedIn('assignment.delete'),
      params: IdParams,
      conditional: true,
      success: { status: 204, description: 'The assignment is deleted.' },
      errors: { ...UNKNOWN, 'assignment.has_work': 'Students have handed in work.' },
      handler: assignments.delete,
    }),
  ];
}

function lifeRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assignments/:id/publish',
      summary: 'Publish an assignment, or reopen a closed one',
      description: 'Students are notified when the assignment opens for them: now, or at `opensAt`.',
      access: signedIn('assignment.update'),
      params: IdParams,
      conditional: true,
      success: assignment('The published assignment.'),
      errors: {
        ...UNKNOWN,
        ...ARCHIVED,
        'tool.not_published': 'The tool of the assignment is not published.',
      },
      handler: assignments.publish,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/close',
      summary: 'Close an assignment',
      description: 'After that, students can neither start nor submit attempts.',
      access: signedIn('assignment.update'),
      params: IdParams,
      conditional: true,
      success: assignment('The closed assignment.'),
      errors: { ...UNKNOWN, ...ARCHIVED, 'assignment.not_published': 'The assignment is a draft.' },
      handler: assignments.close,
    }),
  ];
}

function archiveRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assignments/:id/archive',
      summary: 'Archive an assignment',
      description:
        'The assignment and all its work become read-only for students and teachers. It is listed only if you ask for archived assignments.',
      access: signedIn('assignment.archive'),
      params: IdParams,
      conditional: true,
      success: assignment('The archived assignment.'),
      errors: { ...UNKNOWN, 'assignment.not_published': 'The assignment is a draft.' },
      handler: assignments.archive,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/restore',
      summary: 'Restore an archived or deleted assignment',
      description:
        'The assignment gets the state that it had before. An assignment that is neither archived nor deleted stays as it is.',
      access: signedIn('assignment.restore'),
      params: IdParams,
      success: assignment('The restored assignment.'),
      errors: UNKNOWN,
      handler: assignments.restore,
    }),
  ];
}

function overrideRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assignments/:id/overrides',
      summary: 'List the overrides of an assignment',
      access: signedIn('assignment.override'),
      params: IdParams,
      success: { status: 200, description: 'All overrides, by name.', data: z.array(OverrideSchema) },
      errors: UNKNOWN,
      handler: assignments.listOverrides,
    }),
    defineRoute({
      method: 'put',
      path: '/assignments/:id/overrides/:userId',
      summary: 'Set the override of a student',
      description: 'If a field is left out or null, the value of the assignment applies.',
      access: signedIn('assignment.override'),
      params: OverrideParams,
      body: OverrideBody,
      success: { status: 200, description: 'The override.', data: OverrideSchema },
      errors: {
        ...UNKNOWN,
        ...ARCHIVED,
        ...OWN,
        ...ORDER,
        'member.not_found': 'The user is not a student of the class.',
      },
      example: { dueAt: '2027-02-15T22:00:00Z', maxAttempts: 3 },
      handler: assignments.putOverride,
    }),
    defineRoute({
      method: 'delete',
      path: '/assignments/:id/overrides/:userId',
      summary: 'Delete an override',
      access: signedIn('assignment.override'),
      params: OverrideParams,
      success: {
        status: 204,
        description: 'The override is deleted. The values of the assignment apply to the student.',
      },
      errors: { ...UNKNOWN, ...ARCHIVED, ...OWN, 'override.not_found': 'There is no such override.' },
      handler: assignments.removeOverride,
    }),
  ];
}

export const assignmentsRoutes = (assignments: AssignmentsController): Route[] => [
  ...listRoutes(assignments),
  ...creationRoutes(assignments),
  ...singleRoutes(assignments),
  ...lifeRoutes(assignments),
  ...archiveRoutes(assignments),
  ...overrideRoutes(assignments),
];
