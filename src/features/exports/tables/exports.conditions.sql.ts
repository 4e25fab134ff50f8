import { isWithin } from '../../../platform/db/ltree';
import { type Sql, sql } from '../../../platform/db/sql';
import type { SourceRequest } from './exports.source.sql';

/** For rows without long texts: thousands of them are a megabyte. */
export const NARROW_PAGE = 1_000;
/** For rows with texts of up to 200,000 characters: a worker can hold a hundred of the longest. */
export const WIDE_PAGE = 100;

/**
 * Whether the class (`c`) of the group `g` is in the requested scope. An archived class is included,
 * because its work is kept.
 */
export const inScope = ({ classId, groupPath }: SourceRequest, c: Sql = sql`c`): Sql =>
  classId === null
    ? sql`(${isWithin(sql`g.path`, [groupPath])} AND g.deleted_at IS NULL)`
    : sql`(${c}.id = ${classId}::uuid AND g.deleted_at IS NULL)`;

/** Returns the condition if the filter is given. */
export function when<T>(value: T | undefined, condition: (value: T) => Sql): Sql[] {
  return value === undefined ? [] : [condition(value)];
}

/** From `from` on, before `to`, and not later than the snapshot. */
export function duringPeriod(time: Sql, { filters, snapshotAt }: SourceRequest): Sql[] {
  return [
    sql`${time} <= ${snapshotAt}::timestamptz`,
    ...when(filters.from, (from) => sql`${time} >= ${from}::timestamptz`),
    ...when(filters.to, (to) => sql`${time} < ${to}::timestamptz`),
  ];
}
