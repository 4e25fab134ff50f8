import { z } from 'zod';
import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { AssignmentsController } from './assignments.controller';
import {
  AssignmentSchema,
  AssignmentsQuery,
  AssignmentTotalsSchema,
  CreateAssignmentBody,
  MyAssignmentSchema,
  MyAssignmentsQuery,
  OverrideBody,
  OverrideSchema,
  overrideParams,
  UpdateAssignmentBody,
} from './assignments.schemas';

const UNKNOWN = {
  'assignment.not_found': 'There is no such assignment, or none that the caller may know of.',
};
const UNKNOWN_TOOL = {
  'tool.not_found': 'There is no such tool, or none that the caller can see.',
  'tool.version_not_found': 'The tool has no such version.',
};
const ARCHIVED = { 'assignment.archived': 'It is archived.' };
const OWN = { 'assignment.own_override': 'You are the student.' };
const ORDER = { 'assignment.dates_order': 'opensAt comes before dueAt, and dueAt before closesAt.' };
/** What has happened already, and what a change must fit. */
const FACTS = {
  'assignment.has_submissions': 'Students have begun, so the tool stays.',
  'assignment.scores_above_points': 'Graded attempts have a score above the new points.',
  'assignment.overrides_order':
    'The dates of students who have an override would not be in order; the details name the students.',
};
const assignment = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, data: AssignmentSchema, revisioned: true }) as const;

const UNKNOWN_PLACE = {
  'class.not_found': 'There is no such class, or none that the caller may know of.',
  'group.not_found': 'There is no such group, or none that the caller may know of.',
};

function listRoutes(assignments: AssignmentsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assignments',
      summary: 'List your assignments across your classes',
      description:
        'By the due date in force for you; without archived classes. As a student you see published and closed assignments, as a teacher or an assistant your drafts, too. Admins name a group or a class. `meta.totals` counts over all your classes, so that a start page needs two calls: this one and `GET /submissions`.',
      access: signedIn('assignment.read'),
      query: MyAssignmentsQuery,
      success: {
        ...{ status: 200, description: 'The assignments.', data: MyAssignmentSchema, list: true },
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
        'Students see published and closed ones, with the dates in force for them and their own attempts; before `opensAt` title and dates, and neither instructions nor tool.',
      access: signedIn('assignment.read'),
      params: idParams,
      query: AssignmentsQuery,
      success: { status: 200, description: 'The assignments.', data: AssignmentSchema, list: true },
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
      summary: 'Give a tool to a class, as a draft',
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
      summary: 'Read an assignment',
      access: signedIn('assignment.read'),
      params: idParams,
      success: assignment('The assignment.'),
      errors: UNKNOWN,
      handler: assignments.get,
    }),
    defineRoute({
      method: 'patch',
      path: '/assignments/:id',
      summary: 'Change an assignment',
      description: 'Attempts that have begun keep the version they began with.',
      access: signedIn('assignment.update'),
      params: idParams,
      body: UpdateAssignmentBody,
      bodyLimit: 160 * KIB,
      conditional: true,
      success: assignment('The assignment as it is now.'),
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
        'It disappears for everybody, and can be restored. If work was handed in, archive the assignment instead.',
      access: signedIn('assignment.delete'),
      params: idParams,
      conditional: true,
      success: { status: 204, description: 'Deleted.' },
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
      summary: 'Publish an assignment, or open a closed one again',
      description: 'Students are notified when it opens for them: now, or at `opensAt`.',
      access: signedIn('assignment.update'),
      params: idParams,
      conditional: true,
      success: assignment('The published assignment.'),
      errors: { ...UNKNOWN, ...ARCHIVED, 'tool.not_published': 'Its tool is not published.' },
      handler: assignments.publish,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/close',
      summary: 'Close an assignment',
      description: 'No new attempts and no more handing in.',
      access: signedIn('assignment.update'),
      params: idParams,
      conditional: true,
      success: assignment('The closed assignment.'),
      errors: { ...UNKNOWN, ...ARCHIVED, 'assignment.not_published': 'It is a draft.' },
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
        'It becomes read-only for students and teachers, with all its work, and is listed only if you ask for it.',
      access: signedIn('assignment.archive'),
      params: idParams,
      conditional: true,
      success: assignment('The archived assignment.'),
      errors: { ...UNKNOWN, 'assignment.not_published': 'It is a draft.' },
      handler: assignments.archive,
    }),
    defineRoute({
      method: 'post',
      path: '/assignments/:id/restore',
      summary: 'Restore an archived or deleted assignment',
      description: 'It becomes what it was before. An assignment that lives stays as it is.',
      access: signedIn('assignment.restore'),
      params: idParams,
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
      summary: 'List what single students get differently',
      access: signedIn('assignment.override'),
      params: idParams,
      success: { status: 200, description: 'All overrides, by name.', data: z.array(OverrideSchema) },
      errors: UNKNOWN,
      handler: assignments.listOverrides,
    }),
    defineRoute({
      method: 'put',
      path: '/assignments/:id/overrides/:userId',
      summary: 'Set what a student gets differently',
      description: 'What is left out or null is as the assignment says.',
      access: signedIn('assignment.override'),
      params: overrideParams,
      body: OverrideBody,
      success: { status: 200, description: 'The override.', data: OverrideSchema },
      errors: {
        ...UNKNOWN,
        ...ARCHIVED,
        ...OWN,
        ...ORDER,
        'member.not_found': 'They are no student of the class.',
      },
      example: { dueAt: '2027-02-15T22:00:00Z', maxAttempts: 3 },
      handler: assignments.putOverride,
    }),
    defineRoute({
      method: 'delete',
      path: '/assignments/:id/overrides/:userId',
      summary: 'Remove an override',
      access: signedIn('assignment.override'),
      params: overrideParams,
      success: { status: 204, description: 'The student gets what everybody gets.' },
      errors: { ...UNKNOWN, ...ARCHIVED, ...OWN, 'override.not_found': 'There is none.' },
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
