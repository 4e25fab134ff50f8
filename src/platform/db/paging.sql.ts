import type { z } from 'zod';
import type { PageRequest } from '../../shared/pages';
import { decodeCursor } from './cursors';
import { empty, join, raw, type Sql, sql } from './sql';
import { limitTo } from './walk';

/** A column by which a list can be sorted. It must not be null. */
export interface SortColumn {
  expression: Sql;
  /** The PostgreSQL type into which the cursor's text is converted back. */
  type: 'text' | 'timestamptz' | 'integer' | 'numeric' | 'ltree';
}

export interface ListStatement<S extends z.ZodObject> {
  columns: Sql;
  /**
   * The FROM clause: tables and joins. With `branches` it is what the rows of one page are read from, by
   * their `id`.
   */
  from: Sql;
  where: readonly Sql[];
  /**
   * For a list that no single index can serve with all its joins and conditions: how the keys of a page are
   * found. Only the rows of these keys are then read in full. The branches replace `where`.
   */
  branches?: readonly KeyBranch[] | undefined;
  sort: { column: SortColumn; descending: boolean; name: string };
  /** The unique column that decides between equals. */
  id: Sql;
  page: PageRequest;
  row: S;
}

/**
 * A part of a list that is read along an index. With `owners`, a relation that `where` and `from` can name,
 * it is read owner by owner, each along an index that begins with the owner and continues with `key` and
 * `id`.
 */
export interface KeyBranch {
  owners?: Sql;
  from: Sql;
  where: readonly Sql[];
  key: Sql;
  id: Sql;
}

function whereClause(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? empty : sql`WHERE ${join([...conditions], ' AND ')}`;
}

/** The limit as a power of two, so that there are few statements with a limit written into them. */
const limitToAbout = (rows: number): Sql => limitTo(2 ** Math.ceil(Math.log2(rows)));

/** Where a page begins: the key and the id of the row before it. */
interface PlaceBehind {
  key: Sql;
  id: Sql;
}

export function placeBehind(
  cursor: string | null,
  sortName: string,
  type: SortColumn['type'],
): PlaceBehind | null {
  if (cursor === null) return null;
  const { key, id } = decodeCursor(cursor, sortName);
  return { key: sql`${key}::text::${raw(type)}`, id: sql`${id}::uuid` };
}

function isBehindPlace(key: Sql, id: Sql, descending: boolean, after: PlaceBehind | null): Sql[] {
  const than = raw(descending ? '<' : '>');
  return after === null ? [] : [sql`(${key}, ${id}) ${than} (${after.key}, ${after.id})`];
}

function orderBy(key: Sql, id: Sql, descending: boolean): Sql {
  const direction = raw(descending ? 'DESC' : 'ASC');
  return sql`ORDER BY ${key} ${direction}, ${id} ${direction}`;
}

export const branchOf = <S extends z.ZodObject>({ from, where, sort, id }: ListStatement<S>): KeyBranch => ({
  ...{ from, where, key: sort.column.expression, id },
});

/** FROM and WHERE of everything that is in a list, for counting. */
export function sourceOf(branches: readonly KeyBranch[]): Sql {
  const [only] = branches;
  if (branches.length === 1 && only?.owners === undefined)
    return sql`FROM ${only?.from ?? empty} ${whereClause(only?.where ?? [])}`;
  const parts = branches.map(({ owners, from, where }) =>
    owners === undefined
      ? sql`SELECT 1
            FROM ${from}
            ${whereClause(where)}`
      : sql`SELECT 1
            FROM ${owners}
            CROSS JOIN LATERAL (
              SELECT
              FROM ${from}
              ${whereClause(where)}) own`,
  );
  return sql`FROM (${join(parts, ' UNION ALL ')}) k`;
}

/**
 * The keys of one page as a relation `k` of `id` and `key`, in order. The limit occurs twice: rounded up in
 * the statement's text, so that the planner knows that there are few, and exactly as a parameter.
 */
export function keysOf(
  branches: readonly KeyBranch[],
  descending: boolean,
  after: PlaceBehind | null,
  wanted: number,
  offset = 0,
): Sql {
  const most = limitToAbout(offset + wanted);
  const parts = branches.map(({ owners, from, where, key, id }) => {
    const conditions = [...where, ...isBehindPlace(key, id, descending, after)];
    const own = sql`SELECT ${id} AS id, ${key} AS key
                    FROM ${from}
                    ${whereClause(conditions)}
                    ${orderBy(key, id, descending)}
                    ${most}`;
    return owners === undefined
      ? sql`(${own})`
      : sql`SELECT own.id, own.key
            FROM ${owners}
            CROSS JOIN LATERAL (${own}) own`;
  });
  const order = orderBy(sql`k.key`, sql`k.id`, descending);
  return sql`(
    SELECT k.id, k.key
    FROM (
      SELECT k.id, k.key
      FROM (${join(parts, ' UNION ALL ')}) k
      ${order}
      ${most}) k
    ${order}
    LIMIT ${wanted}::int
    OFFSET ${offset}::int) k`;
}

/**
 * The row of each key, as `own`. OFFSET 0 keeps the planner from reading all rows to join them with the
 * keys.
 */
const rowsOf = <S extends z.ZodObject>({ columns, from, id }: ListStatement<S>, keys: Sql): Sql =>
  sql`${keys}
      CROSS JOIN LATERAL (
        SELECT ${columns}
        FROM ${from}
        WHERE ${id} = k.id
        OFFSET 0) own`;

export function selectByKeys<S extends z.ZodObject>(query: ListStatement<S>, keys: Sql): Sql {
  return sql`SELECT own.*, k.key::text AS "cursorKey", k.id AS "cursorId"
             FROM ${rowsOf(query, keys)}
             ${orderBy(sql`k.key`, sql`k.id`, query.sort.descending)}`;
}

/** The rows themselves, along one index. */
export function selectAlong<S extends z.ZodObject>(
  query: ListStatement<S>,
  after: PlaceBehind | null,
  wanted: number,
): Sql {
  const { sort, id } = query;
  const key = sort.column.expression;
  const conditions = [...query.where, ...isBehindPlace(key, id, sort.descending, after)];
  return sql`SELECT *
             FROM (
               SELECT ${query.columns}, (${key})::text AS "cursorKey", ${id} AS "cursorId"
               FROM ${query.from}
               ${whereClause(conditions)}
               ${orderBy(key, id, sort.descending)}
               ${limitToAbout(wanted)}) k
             LIMIT ${wanted}::int`;
}

/** One page by its number, with the position of each row. */
export function sliceOf<S extends z.ZodObject>(query: ListStatement<S>, limit: number, offset: number): Sql {
  const { columns, from, branches, sort, id } = query;
  if (branches === undefined) {
    const key = sort.column.expression;
    return sql`SELECT row_number() OVER () AS "position", k.*
               FROM (
                 SELECT ${columns}
                 FROM ${from}
                 ${whereClause(query.where)}
                 ${orderBy(key, id, sort.descending)}
                 ${limitToAbout(offset + limit)}) k
               LIMIT ${limit}
               OFFSET ${offset}`;
  }
  const order = orderBy(sql`k.key`, sql`k.id`, sort.descending);
  const keys = keysOf(branches, sort.descending, null, limit, offset);
  return sql`SELECT own.*, row_number() OVER (${order}) AS "position"
             FROM ${rowsOf(query, keys)}`;
}
