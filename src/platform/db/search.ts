import { type Sql, sql } from './sql';

/**
 * Whether `expression` contains what somebody searches for, whatever accents, case and forms of Unicode either is
 * written with; `%` and `_` stand for themselves. The functions, and the indexes on them, are in the migrations.
 * @param expression text as it is stored.
 */
export function contains(expression: Sql, searched: string): Sql {
  return sql`search_fold(${expression}) LIKE search_pattern(${searched})`;
}

/** Whether two texts are the same to somebody who searches. */
export function isAlike(expression: Sql, searched: string): Sql {
  return sql`search_fold(${expression}) = search_fold(${searched})`;
}
