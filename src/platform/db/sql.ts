/**
 * SQL as a template: `sql\`SELECT … WHERE id = ${id}\``. Values always travel as parameters; fragments
 * nest. It is re-exported from Prisma, so that the same fragment works for both ways of running it.
 */
import { Prisma } from '../../generated/prisma/client';

export const sql = Prisma.sql;
/** Fragments with a separator between them. */
export const join = Prisma.join;
/** Inserts text into the statement unchanged: use it only for constants of this code base. */
export const raw = Prisma.raw;
export const empty = Prisma.empty;
export type Sql = Prisma.Sql;

/**
 * A list of ids whose length the planner does not see. PostgreSQL plans a named statement at each execution
 * while that seems cheaper than a generic plan, and with a list shorter than its estimate it always seems
 * cheaper. Use it for statements that take longer to plan than to run.
 *
 * Measured on 28 November 2026 with PostgreSQL 16, database time per request with and without it: a tool
 * 415 and 2,347 µs, `GET /auth/me` 113 and 296, a group 35 and 101.
 */
export const opaqueIds = (ids: readonly string[]): Sql => sql`(SELECT ${[...ids]}::uuid[])::uuid[]`;
