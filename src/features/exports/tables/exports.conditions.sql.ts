import { isWithin } from '../../../platform/db/ltree';
import { type Sql, sql } from '../../../platform/db/sql';
import type { SourceRequest } from './exports.source.sql';

/** A row here is a line of a table: thousands of them are a megabyte. */
export const NARROW_PAGE = 1_000;
/** A text may have 200,000 characters: a hundred of the longest are what a worker can well hold. */
export const WIDE_PAGE = 100;

/** The class (`c`) of the group `g` is what was asked for, or lies within it: an archived one, too, because its work is kept. */
export const inScope = ({ classId, groupPath }: SourceRequest, c: Sql = sql`c`): Sql =>
  classId === null
    ? sql`(${isWithin(sql`g.path`, [groupPath])} AND g.deleted_at IS NULL)`
    : sql`(${c}.id = ${classId}::uuid AND g.deleted_at IS NULL)`;

/** Conditions for what of the filters is given. */
export function when<T>(value: T | undefined, condition: (value: T) => Sql): Sql[] {
  return value === undefined ? [] : [condition(value)];
}

/** From `from` on, before `to`, and not younger than the snapshot. */
export function duringPeriod(time: Sql, { filters, snapshotAt }: SourceRequest): Sql[] {
  return [
    sql`${time} <= ${snapshotAt}::timestamptz`,
    ...when(filters.from, (from) => sql`${time} >= ${from}::timestamptz`),
    ...when(filters.to, (to) => sql`${time} < ${to}::timestamptz`),
  ];
}
