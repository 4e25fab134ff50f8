import type { Database } from '../../../platform/db/database';
import { raw, type Sql, sql } from '../../../platform/db/sql';
import { isBehind, limitTo, type MomentKey, MomentKeyRow } from '../../../platform/db/walk';

interface Span {
  since: Date;
  until: Date;
  /** Where the page before ended. */
  after: string | null;
  limit: number;
}

/**
 * The next moments in a span of time that a date of a published assignment names, or that of one of its students: the
 * keys of a page, read along an index each. An assignment with several such dates comes several times.
 */
export async function nextMoments(
  db: Database,
  date: 'due_at' | 'opens_at',
  { since, until, after, limit }: Span,
): Promise<MomentKey[]> {
  const column = raw(date);
  const next = (table: Sql, id: Sql, where: Sql): Sql => sql`
    (SELECT ${column} AS moment, ${id} AS id FROM ${table}
     WHERE ${where} AND ${column} > ${since} AND ${column} <= ${until} AND ${isBehind(column, id, after)}
     ORDER BY ${column}, ${id} ${limitTo(limit)})`;
  return db.rows(
    sql`SELECT moment::text AS at, id FROM (
          ${next(sql`assignments`, sql`id`, sql`state = 'published' AND deleted_at IS NULL`)}
          UNION ${next(sql`assignment_overrides`, sql`assignment_id`, sql`TRUE`)}) moments
        ORDER BY moment, id ${limitTo(limit)}`,
    MomentKeyRow,
  );
}
