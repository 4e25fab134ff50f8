import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { raw, type Sql, sql } from '../../../platform/db/sql';
import { isBehind, limitTo, type MomentKey, MomentKeyRow } from '../../../platform/db/walk';

/** Published assignments of classes and groups that are not archived: students can be told of them. */
export const CAN_BE_TOLD_OF = {
  state: 'published',
  deletedAt: null,
  class: { deletedAt: null, group: { deletedAt: null } },
} as const satisfies Prisma.AssignmentWhereInput;

interface Span {
  since: Date;
  until: Date;
  /** Where the previous page ended. */
  after: string | null;
  limit: number;
}

/**
 * Returns the next moments in a time span at which a date of a published assignment, or of one of its
 * students, falls: the keys of a page, each read along an index. An assignment with several such dates
 * occurs several times.
 */
export async function nextMoments(
  db: Database,
  date: 'due_at' | 'opens_at',
  { since, until, after, limit }: Span,
): Promise<MomentKey[]> {
  const column = raw(date);
  const next = (table: Sql, id: Sql, where: Sql): Sql => sql`
    (SELECT ${column} AS moment, ${id} AS id
     FROM ${table}
     WHERE ${where}
       AND ${column} > ${since}
       AND ${column} <= ${until}
       AND ${isBehind(column, id, after)}
     ORDER BY ${column}, ${id}
     ${limitTo(limit)})`;
  return db.rows(
    sql`SELECT moment::text AS at, id
        FROM (
          ${next(sql`assignments`, sql`id`, sql`state = 'published' AND deleted_at IS NULL`)}
          UNION
          ${next(sql`assignment_overrides`, sql`assignment_id`, sql`TRUE`)}) moments
        ORDER BY moment, id
        ${limitTo(limit)}`,
    MomentKeyRow,
  );
}
