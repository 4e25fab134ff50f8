import { defineRoute, type Route, signedIn } from '../../../http/route';
import { IdParams } from '../../../http/schemas';
import { AddGuardianBody, GuardianParams, GuardianSchema, GuardiansQuery } from '../users.schemas';
import type { GuardiansController } from './users.guardians.controller';

const NOT_FOUND = { 'user.not_found': 'There is no such user, or you may not see them.' };

export function guardiansRoutes(guardians: GuardiansController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/users/:id/guardians',
      summary: 'List the guardians of a student',
      description: 'For admins of every group and class that the student belongs to.',
      access: signedIn('user.read_guardians'),
      params: IdParams,
      query: GuardiansQuery,
      success: { status: 200, description: 'A page of guardians.', data: GuardianSchema, list: true },
      errors: NOT_FOUND,
      handler: guardians.list,
    }),
    defineRoute({
      method: 'post',
      path: '/users/:id/guardians',
      summary: 'Add a guardian to a student',
      description:
        "The guardian can read the returned work of the student and observe the student's classes, while both are active members of the tenant.",
      access: signedIn('user.manage_guardians'),
      params: IdParams,
      body: AddGuardianBody,
      idempotency: 'transaction',
      success: { status: 201, description: 'The guardian.', data: GuardianSchema },
      errors: {
        'user.not_found': 'There is no such student or guardian in this tenant.',
        'guardian.exists': 'This user is already a guardian of the student.',
        'guardian.self': 'A student cannot be their own guardian.',
      },
      example: { email: 'grace@example.org' },
      handler: guardians.add,
    }),
    defineRoute({
      method: 'delete',
      path: '/users/:id/guardians/:guardianId',
      summary: 'Remove a guardian from a student',
      access: signedIn('user.manage_guardians'),
      params: GuardianParams,
      success: { status: 204, description: 'The user is no longer a guardian of the student.' },
      errors: { ...NOT_FOUND, 'guardian.not_found': 'This user is not a guardian of the student.' },
      handler: guardians.remove,
    }),
  ];
}
