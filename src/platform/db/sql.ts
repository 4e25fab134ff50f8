/**
 * SQL as a template: `sql\`SELECT … WHERE id = ${id}\``. Values always travel as parameters; fragments nest.
 * Re-exported from Prisma, so that the same fragment serves both ways of running it.
 */
import { Prisma } from '../../generated/prisma/client';

export const sql = Prisma.sql;
/** Fragments with a separator between them. */
export const join = Prisma.join;
/** Text that goes into the statement as it is: only ever a constant of this code base. */
export const raw = Prisma.raw;
export const empty = Prisma.empty;
export type Sql = Prisma.Sql;
