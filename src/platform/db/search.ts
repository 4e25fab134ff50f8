import { type Sql, sql } from './sql';

/**
 * Whether `expression` contains the searched text, whatever accents, case and Unicode forms either is
 * written with; `%` and `_` have no special meaning. The functions, and the indexes on them, are in the
 * migrations.
 * @param expression text as it is stored
 */
export function contains(expression: Sql, searched: string): Sql {
  return sql`search_fold(${expression}) LIKE search_pattern(${searched})`;
}

/** Whether two texts are equal for a search. */
export function isAlike(expression: Sql, searched: string): Sql {
  return sql`search_fold(${expression}) = search_fold(${searched})`;
}
