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
  /** Its name among the columns of the list if it is computed. Written twice, it would be computed twice. */
  output?: string;
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
   * A relation that is the same for all rows and is read once: `name AS MATERIALIZED (…)`. `from` can name
   * it.
   */
  given?: Sql | undefined;
  /**
   * For a list whose filters and order are columns of one table with an index for them: that table and its
   * alias. The page is cut from it first, and `from` is what is then joined to the rows of the page.
   */
  pageOf?: { table: string; as: string } | undefined;
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

export const branchOf = <S extends z.ZodObject>({
  pageOf,
  from,
  where,
  sort,
  id,
}: ListStatement<S>): KeyBranch => ({
  from: pageOf === undefined ? from : sql`${raw(pageOf.table)} ${raw(pageOf.as)}`,
  ...{ where, key: sort.column.expression, id },
});

const orderByOutput = <S extends z.ZodObject>({ sort, id }: ListStatement<S>): Sql => {
  const { output, expression } = sort.column;
  return orderBy(output === undefined ? expression : raw(`"${output}"`), id, sort.descending);
};

/** WITH, if the list is given a relation. */
export const withGiven = ({ given }: { given?: Sql | undefined }): Sql =>
  given === undefined ? empty : sql`WITH ${given}`;

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

function selectByKeys<S extends z.ZodObject>(query: ListStatement<S>, keys: Sql): Sql {
  return sql`SELECT own.*, k.key::text AS "cursorKey", k.id AS "cursorId"
             FROM ${rowsOf(query, keys)}
             ${orderBy(sql`k.key`, sql`k.id`, query.sort.descending)}`;
}

/** The rows of one page, cut from their table, with what is joined to them. */
function pageFrom<S extends z.ZodObject>(
  { pageOf, from, where, sort, id }: ListStatement<S>,
  after: PlaceBehind | null,
  wanted: number,
  offset = 0,
): Sql {
  const [table, alias] = [raw(pageOf?.table ?? ''), raw(pageOf?.as ?? '')];
  const key = sort.column.expression;
  const order = orderBy(key, id, sort.descending);
  return sql`(
    SELECT ${alias}.*
    FROM (
      SELECT ${alias}.*
      FROM ${table} ${alias}
      ${whereClause([...where, ...isBehindPlace(key, id, sort.descending, after)])}
      ${order}
      ${limitToAbout(offset + wanted)}) ${alias}
    ${order}
    LIMIT ${wanted}::int
    OFFSET ${offset}::int) ${alias}
    ${from}`;
}

/** One page from a place on. */
export function selectFrom<S extends z.ZodObject>(
  query: ListStatement<S>,
  after: PlaceBehind | null,
  wanted: number,
): Sql {
  const { branches, pageOf, columns, sort, id } = query;
  if (branches !== undefined) return selectByKeys(query, keysOf(branches, sort.descending, after, wanted));
  if (pageOf === undefined) return selectAlong(query, after, wanted);
  const key = sort.column.expression;
  return sql`SELECT ${columns}, (${key})::text AS "cursorKey", ${id} AS "cursorId"
             FROM ${pageFrom(query, after, wanted)}
             ${orderBy(key, id, sort.descending)}`;
}

/** The rows themselves, along one index. */
function selectAlong<S extends z.ZodObject>(
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
               ${orderByOutput(query)}
               ${limitToAbout(wanted)}) k
             LIMIT ${wanted}::int`;
}

/** One page by its number, with the position of each row. */
export function sliceOf<S extends z.ZodObject>(query: ListStatement<S>, limit: number, offset: number): Sql {
  const { columns, from, branches, pageOf, sort, id } = query;
  if (pageOf !== undefined)
    return sql`SELECT
                 ${columns},
                 row_number() OVER (${orderBy(sort.column.expression, id, sort.descending)}) AS "position"
               FROM ${pageFrom(query, null, limit, offset)}`;
  if (branches === undefined)
    return sql`SELECT row_number() OVER () AS "position", k.*
               FROM (
                 SELECT ${columns}
                 FROM ${from}
                 ${whereClause(query.where)}
                 ${orderByOutput(query)}
                 ${limitToAbout(offset + limit)}) k
               LIMIT ${limit}
               OFFSET ${offset}`;
  const order = orderBy(sql`k.key`, sql`k.id`, sort.descending);
  const keys = keysOf(branches, sort.descending, null, limit, offset);
  return sql`SELECT own.*, row_number() OVER (${order}) AS "position"
             FROM ${rowsOf(query, keys)}`;
}
