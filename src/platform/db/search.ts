import { type Sql, sql } from './sql';

/**
 * Whether `expression` contains what somebody searches for; `%` and `_` stand for themselves.
 * @param expression text in lower case.
 */
export function contains(expression: Sql, searched: string): Sql {
  const escaped = searched.toLowerCase().replace(/[\\%_]/g, '\\$&');
  return sql`${expression} LIKE ${`%${escaped}%`}`;
}
