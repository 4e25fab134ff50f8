import { type Sql, sql } from '../../platform/db/sql';
import { offsetsDuring } from '../../shared/local-time';
import type { Period } from './reports.types';

/**
 * The school's local day, `2026-09-01`, of a moment in the period. PostgreSQL adds a given offset, because
 * its own time zone database may be of another release than Node's.
 */
export function localDay(moment: Sql, { from, to, timezone }: Period): Sql {
  const offsets = offsetsDuring(timezone, from, to);
  const seconds = offsets.map((each) => each.seconds);
  const changes = offsets.slice(1).map((each) => each.from.toISOString());
  const offset = sql`(${seconds}::int[])[width_bucket(${moment}, ${changes}::timestamptz[]) + 1]`;
  return sql`to_char(${moment} AT TIME ZONE 'UTC' + make_interval(secs => ${offset}), 'YYYY-MM-DD')`;
}
