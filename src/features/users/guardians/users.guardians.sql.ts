import { z } from 'zod';
import type { SortColumn } from '../../../platform/db/paging';
import { type Sql, sql } from '../../../platform/db/sql';

export const GuardianRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  /** Whether the link is active now: both are active members of the tenant. */
  isActive: z.boolean(),
  since: z.date(),
});

export const GUARDIAN_SORTS = {
  name: { expression: sql`p.name`, type: 'text' },
  since: { expression: sql`o.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

export const guardianColumns = sql`p.id AS "userId",
  p.name,
  p.email,
  p.username,
  p.status,
  o.created_at AS since,
  EXISTS (
    SELECT
    FROM active_guardians l
    WHERE l.student_id = o.student_id AND l.guardian_id = o.observer_id) AS "isActive"`;

export const GUARDIANS_FROM = sql`student_observers o
  JOIN users p ON p.id = o.observer_id AND p.deleted_at IS NULL`;

export function selectGuardian(studentId: string, guardianId: string): Sql {
  return sql`SELECT ${guardianColumns}
             FROM ${GUARDIANS_FROM}
             WHERE o.student_id = ${studentId}::uuid AND o.observer_id = ${guardianId}::uuid`;
}
