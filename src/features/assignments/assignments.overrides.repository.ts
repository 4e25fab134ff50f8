import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { newId } from '../../shared/ids';
import type { Dates } from './assignments.terms';
import type { Override, StudentOverride } from './assignments.types';

const StudentRow = z.object({ userId: z.string() });

const OVERRIDE = {
  opensAt: true,
  dueAt: true,
  closesAt: true,
  maxAttempts: true,
  latePolicy: true,
  excused: true,
} as const satisfies Prisma.AssignmentOverrideSelect;
const WITH_STUDENT = {
  ...OVERRIDE,
  userId: true,
  updatedAt: true,
  user: { select: { name: true } },
} as const satisfies Prisma.AssignmentOverrideSelect;
type WithStudent = Prisma.AssignmentOverrideGetPayload<{ select: typeof WITH_STUDENT }>;

const toStudentOverride = ({ user, ...override }: WithStudent): StudentOverride => ({
  ...override,
  userName: user.name,
});

/** The values of a student without an override. */
const NONE = {
  opensAt: null,
  dueAt: null,
  closesAt: null,
  maxAttempts: null,
  latePolicy: null,
  excused: false,
} as const satisfies Override;

/** More students than any class has. */
const MAX_LISTED = 1_000;

/** Stores overrides for single students. */
export class OverridesRepository {
  constructor(private readonly db: Database) {}

  /** Lists all overrides of an assignment, sorted by the students' names. */
  async list(assignmentId: string): Promise<StudentOverride[]> {
    const rows = await this.db.prisma.assignmentOverride.findMany({
      where: { assignmentId, removedAt: null },
      orderBy: [{ user: { name: 'asc' } }, { userId: 'asc' }],
      take: MAX_LISTED,
      select: WITH_STUDENT,
    });
    return rows.map(toStudentOverride);
  }

  async find(assignmentId: string, userId: string): Promise<Override | null> {
    const where = { assignmentId_userId: { assignmentId, userId } };
    return this.db.prisma.assignmentOverride.findUnique({ where, select: OVERRIDE });
  }

  /**
   * Writes the whole override. @returns it, or null if the person is not a student of the assignment's
   * class
   */
  async put(assignmentId: string, userId: string, override: Override): Promise<StudentOverride | null> {
    const { prisma } = this.db;
    const isStudent = {
      userId,
      role: 'student',
      class: { assignments: { some: { id: assignmentId } } },
    } as const;
    if ((await prisma.classMember.count({ where: isStudent })) === 0) return null;
    const row = await prisma.assignmentOverride.upsert({
      where: { assignmentId_userId: { assignmentId, userId } },
      create: { id: newId(), assignmentId, userId, ...override },
      update: { ...override, removedAt: null },
      select: WITH_STUDENT,
    });
    return toStudentOverride(row);
  }

  /**
   * Removes a student's override. The row stays, so that clients that ask for changes learn of it.
   * @returns whether there was an override
   */
  async remove(assignmentId: string, userId: string, at: Date): Promise<boolean> {
    const where = { assignmentId, userId, removedAt: null };
    const data = { ...NONE, removedAt: at };
    return (await this.db.prisma.assignmentOverride.updateMany({ where, data })).count === 1;
  }

  /** Lists the students whose overrides would no longer be in order with these dates of the assignment. */
  async listOutOfOrder(assignmentId: string, { opensAt, dueAt, closesAt }: Dates): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT user_id AS "userId"
          FROM assignment_overrides o
          WHERE assignment_id = ${assignmentId}::uuid
            AND NOT are_dates_in_order(
              coalesce(o.opens_at, ${opensAt}::timestamptz),
              coalesce(o.due_at, ${dueAt}::timestamptz),
              coalesce(o.closes_at, ${closesAt}::timestamptz))
          ORDER BY user_id
          ${limitTo(MAX_LISTED)}`,
      StudentRow,
    );
    return rows.map(({ userId }) => userId);
  }
}
