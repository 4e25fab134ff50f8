import { type Sql, sql } from './sql';

/** Whether `path` is one of these paths or below one. An empty list matches nothing. */
export function isWithin(path: Sql, paths: readonly string[]): Sql {
  return paths.length === 0 ? sql`FALSE` : sql`${path} <@ ${[...paths]}::ltree[]`;
}

/** Whether `path` is one of these paths or above one. An empty list matches nothing. */
export function isAbove(path: Sql, paths: readonly string[]): Sql {
  return paths.length === 0 ? sql`FALSE` : sql`${path} @> ${[...paths]}::ltree[]`;
}
