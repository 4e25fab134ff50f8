import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { InvalidInputError } from '../../shared/errors';
import type { Page, PageRequest, SortOrder } from '../../shared/pages';
import type { Database } from './database';
import { empty, join, raw, type Sql, sql } from './sql';
import { limitTo } from './walk';

/** A column by which a list can be sorted. It must not be null. */
export interface SortColumn {
  expression: Sql;
  /** The PostgreSQL type into which the cursor's text is converted back. */
  type: 'text' | 'timestamptz' | 'integer' | 'numeric' | 'ltree';
}

/** Returns the order of a list. @throws InvalidInputError if no column has the name */
export function sortBy(
  columns: Readonly<Record<string, SortColumn>>,
  { name, descending }: SortOrder,
): ListStatement<z.ZodObject>['sort'] {
  const column = columns[name];
  if (column === undefined) throw new InvalidInputError(`You cannot sort this list by ${name}.`);
  return { column, descending, name: descending ? `-${name}` : name };
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

export interface KeysQuery {
  /** The branches are disjoint: no row is in two of them. */
  branches: readonly KeyBranch[];
  type: SortColumn['type'];
  sort: { descending: boolean; name: string };
  page: PageRequest;
}

/**
 * Totals of this size and more are counted again only every few seconds, because counting is the most
 * expensive part of a long list.
 */
const COUNT_REMEMBERED_FROM = 2_000;
const COUNT_REMEMBERED_MS = 5_000;
const MAX_REMEMBERED_COUNTS = 500;

const Cursor = z.tuple([z.string().max(200), z.string().max(2_000), z.uuid()]);

function decodeCursor(cursor: string, sortName: string): { key: string; id: string } {
  try {
    const [name, key, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (name === sortName && !key.includes('\0')) return { key, id };
  } catch {
    // Falls through: the caller gets the same error whatever is wrong with it.
  }
  throw invalidCursor();
}

function invalidCursor(): InvalidInputError {
  return new InvalidInputError('The cursor does not belong to this list and sort order.', {
    issues: [
      {
        path: 'query.cursor',
        reason: 'invalid_cursor',
        message: 'Take the cursor from meta.pagination.nextCursor of the same list, with the same sort.',
      },
    ],
  });
}

/**
 * Whether the database could not read a value (class 22; 42601 of ltree): only an invented cursor has such
 * a value.
 */
function isUnreadableValue(error: unknown): boolean {
  return error instanceof Error && /^(?:22|42601)/.test((error as { code?: string }).code ?? '');
}

const NumberedRow = z.looseObject({ position: z.number().nullable(), total: z.number().optional() });
const KeyRow = z.object({ id: z.string(), key: z.string() });
const TotalRow = z.object({ total: z.number() });
const cursorRows = new WeakMap<z.ZodObject, z.ZodObject>();

/**
 * The shape of a list's rows with the cursor's columns. It is cached, because creating a schema costs more
 * than reading a page.
 */
function withCursor(row: z.ZodObject): z.ZodObject {
  const known = cursorRows.get(row);
  if (known !== undefined) return known;
  const extended = row.extend({ cursorKey: z.string(), cursorId: z.string() });
  cursorRows.set(row, extended);
  return extended;
}

function encodeCursor(sortName: string, key: string, id: string): string {
  return Buffer.from(JSON.stringify([sortName, key, id])).toString('base64url');
}

function whereClause(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? empty : sql`WHERE ${join([...conditions], ' AND ')}`;
}

/** Reads lists page by page. There is one per process, because it caches large totals for some seconds. */
export class ListReader {
  private readonly counts = new LRUCache<string, { total: number; expiresAt: number }>({
    max: MAX_REMEMBERED_COUNTS,
  });

  constructor(private readonly db: Database) {}

  /** Reads one page of a list in one statement. @throws InvalidInputError if the cursor is of another list */
  async list<S extends z.ZodObject>(query: ListStatement<S>): Promise<Page<z.output<S>>> {
    return query.page.kind === 'cursor'
      ? this.fromCursor(query, query.page)
      : this.byNumber(query, query.page);
  }

  /**
   * Reads one page of a list of several owners in two statements: the ids of the page, merged from each
   * owner's index, and the rows that `read` finds for them. The first reads a page of rows per owner,
   * however many rows they have.
   * @throws InvalidInputError if the cursor is of another list
   */
  async listByKeys<Row extends { id: string }>(
    query: KeysQuery,
    read: (ids: readonly string[]) => Promise<Row[]>,
  ): Promise<Page<Row>> {
    const { items: ids, pagination } = await this.keys(query);
    return { items: inOrderOf(ids, await read(ids)), pagination };
  }

  private async keys({ branches, type, sort, page }: KeysQuery): Promise<Page<string>> {
    const { descending, name } = sort;
    const { limit } = page;
    if (page.kind === 'page') {
      const slice = keysOf(branches, descending, null, limit, (page.page - 1) * limit);
      const rows = await this.db.rows(sql`SELECT k.id, k.key::text AS key FROM ${slice}`, KeyRow);
      const total = await this.count(sourceOf(branches));
      const pagination = { page: page.page, limit, total, totalPages: Math.ceil(total / limit) };
      return { items: rows.map(({ id }) => id), pagination };
    }
    const after = placeBehind(page.cursor, name, type);
    const keys = keysOf(branches, descending, after, limit + 1);
    const rows = await readBehind(page.cursor, () =>
      this.db.rows(sql`SELECT k.id, k.key::text AS key FROM ${keys}`, KeyRow),
    );
    const found = rows.slice(0, limit);
    const last = found.at(-1);
    const nextCursor =
      rows.length > limit && last !== undefined ? encodeCursor(name, last.key, last.id) : null;
    return { items: found.map(({ id }) => id), pagination: { limit, nextCursor } };
  }

  private async count(source: Sql): Promise<number> {
    const key = this.countKey(source);
    const remembered = this.rememberedCount(key);
    if (remembered !== null) return remembered;
    const total = (await this.db.row(sql`SELECT count(*) AS total ${source}`, TotalRow))?.total ?? 0;
    this.rememberCount(key, total);
    return total;
  }

  private async fromCursor<S extends z.ZodObject>(
    query: ListStatement<S>,
    page: { cursor: string | null; limit: number },
  ): Promise<Page<z.output<S>>> {
    const { column, descending, name } = query.sort;
    const after = placeBehind(page.cursor, name, column.type);
    const statement =
      query.branches === undefined
        ? selectAlong(query, after, page.limit + 1)
        : selectByKeys(query, keysOf(query.branches, descending, after, page.limit + 1));
    const rows = await readBehind(page.cursor, () => this.db.rows(statement, withCursor(query.row)));
    const items = rows.slice(0, page.limit);
    const last = items.at(-1) as { cursorKey: string; cursorId: string } | undefined;
    const nextCursor =
      rows.length > page.limit && last !== undefined
        ? encodeCursor(name, last.cursorKey, last.cursorId)
        : null;
    return { items: items as z.output<S>[], pagination: { limit: page.limit, nextCursor } };
  }

  private async byNumber<S extends z.ZodObject>(
    query: ListStatement<S>,
    page: { page: number; limit: number },
  ): Promise<Page<z.output<S>>> {
    const source = sourceOf(query.branches ?? [branchOf(query)]);
    const slice = sliceOf(query, page.limit, (page.page - 1) * page.limit);
    const key = this.countKey(source);
    const remembered = this.rememberedCount(key);
    const statement =
      remembered !== null
        ? sql`SELECT slice.* FROM (${slice}) slice ORDER BY slice."position"`
        : sql`SELECT counted.total, slice.* FROM (SELECT count(*) AS total ${source}) counted LEFT JOIN (${slice}) slice ON TRUE ORDER BY slice."position"`;
    const rows = await this.db.rows(statement, NumberedRow);
    const total = remembered ?? rows[0]?.total ?? 0;
    if (remembered === null) this.rememberCount(key, total);
    const items = rows.filter((row) => row.position !== null) as unknown as z.output<S>[];
    return {
      items,
      pagination: { page: page.page, limit: page.limit, total, totalPages: Math.ceil(total / page.limit) },
    };
  }

  private countKey(source: Sql): string {
    return `${source.text}\0${JSON.stringify(source.values)}`;
  }

  /** If the total is too old, one of the callers counts again; the others use the old one meanwhile. */
  private rememberedCount(key: string): number | null {
    const known = this.counts.get(key);
    if (known === undefined) return null;
    if (known.expiresAt > Date.now()) return known.total;
    known.expiresAt = Date.now() + COUNT_REMEMBERED_MS;
    return null;
  }

  private rememberCount(key: string, total: number): void {
    if (total < COUNT_REMEMBERED_FROM) {
      this.counts.delete(key);
      return;
    }
    this.counts.set(key, { total, expiresAt: Date.now() + COUNT_REMEMBERED_MS });
  }
}

/** The limit as a power of two, so that there are few statements with a limit written into them. */
const limitToAbout = (rows: number): Sql => limitTo(2 ** Math.ceil(Math.log2(rows)));

/** Where a page begins: the key and the id of the row before it. */
interface PlaceBehind {
  key: Sql;
  id: Sql;
}

function placeBehind(cursor: string | null, sortName: string, type: SortColumn['type']): PlaceBehind | null {
  if (cursor === null) return null;
  const { key, id } = decodeCursor(cursor, sortName);
  return { key: sql`${key}::text::${raw(type)}`, id: sql`${id}::uuid` };
}

/** Runs `read`. A value that the database cannot read came from the cursor, so it is the caller's mistake. */
async function readBehind<Rows>(cursor: string | null, read: () => Promise<Rows>): Promise<Rows> {
  try {
    return await read();
  } catch (error) {
    throw cursor !== null && isUnreadableValue(error) ? invalidCursor() : error;
  }
}

function isBehindPlace(key: Sql, id: Sql, descending: boolean, after: PlaceBehind | null): Sql[] {
  const than = raw(descending ? '<' : '>');
  return after === null ? [] : [sql`(${key}, ${id}) ${than} (${after.key}, ${after.id})`];
}

function orderBy(key: Sql, id: Sql, descending: boolean): Sql {
  const direction = raw(descending ? 'DESC' : 'ASC');
  return sql`ORDER BY ${key} ${direction}, ${id} ${direction}`;
}

const branchOf = <S extends z.ZodObject>({ from, where, sort, id }: ListStatement<S>): KeyBranch => ({
  ...{ from, where, key: sort.column.expression, id },
});

/** FROM and WHERE of everything that is in a list, for counting. */
function sourceOf(branches: readonly KeyBranch[]): Sql {
  const [only] = branches;
  if (branches.length === 1 && only?.owners === undefined)
    return sql`FROM ${only?.from ?? empty} ${whereClause(only?.where ?? [])}`;
  const parts = branches.map(({ owners, from, where }) =>
    owners === undefined
      ? sql`SELECT 1 FROM ${from} ${whereClause(where)}`
      : sql`SELECT 1 FROM ${owners} CROSS JOIN LATERAL (SELECT FROM ${from} ${whereClause(where)}) own`,
  );
  return sql`FROM (${join(parts, ' UNION ALL ')}) k`;
}

/**
 * The keys of one page as a relation `k` of `id` and `key`, in order. The limit occurs twice: rounded up in
 * the statement's text, so that the planner knows that there are few, and exactly as a parameter.
 */
function keysOf(
  branches: readonly KeyBranch[],
  descending: boolean,
  after: PlaceBehind | null,
  wanted: number,
  offset = 0,
): Sql {
  const most = limitToAbout(offset + wanted);
  const parts = branches.map(({ owners, from, where, key, id }) => {
    const conditions = [...where, ...isBehindPlace(key, id, descending, after)];
    const own = sql`SELECT ${id} AS id, ${key} AS key FROM ${from} ${whereClause(conditions)} ${orderBy(key, id, descending)} ${most}`;
    return owners === undefined
      ? sql`(${own})`
      : sql`SELECT own.id, own.key FROM ${owners} CROSS JOIN LATERAL (${own}) own`;
  });
  const order = orderBy(sql`k.key`, sql`k.id`, descending);
  return sql`(SELECT k.id, k.key FROM (SELECT k.id, k.key FROM (${join(parts, ' UNION ALL ')}) k ${order} ${most}) k
    ${order} LIMIT ${wanted}::int OFFSET ${offset}::int) k`;
}

/**
 * The row of each key, as `own`. OFFSET 0 keeps the planner from reading all rows to join them with the
 * keys.
 */
const rowsOf = <S extends z.ZodObject>({ columns, from, id }: ListStatement<S>, keys: Sql): Sql =>
  sql`${keys} CROSS JOIN LATERAL (SELECT ${columns} FROM ${from} WHERE ${id} = k.id OFFSET 0) own`;

function selectByKeys<S extends z.ZodObject>(query: ListStatement<S>, keys: Sql): Sql {
  return sql`SELECT own.*, k.key::text AS "cursorKey", k.id AS "cursorId"
    FROM ${rowsOf(query, keys)} ${orderBy(sql`k.key`, sql`k.id`, query.sort.descending)}`;
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
  return sql`SELECT * FROM (SELECT ${query.columns}, (${key})::text AS "cursorKey", ${id} AS "cursorId"
    FROM ${query.from} ${whereClause(conditions)} ${orderBy(key, id, sort.descending)} ${limitToAbout(wanted)}) k LIMIT ${wanted}::int`;
}

/** One page by its number, with the position of each row. */
function sliceOf<S extends z.ZodObject>(query: ListStatement<S>, limit: number, offset: number): Sql {
  const { columns, from, branches, sort, id } = query;
  if (branches === undefined) {
    const key = sort.column.expression;
    return sql`SELECT row_number() OVER () AS "position", k.* FROM (SELECT ${columns} FROM ${from} ${whereClause(query.where)}
      ${orderBy(key, id, sort.descending)} ${limitToAbout(offset + limit)}) k LIMIT ${limit} OFFSET ${offset}`;
  }
  const order = orderBy(sql`k.key`, sql`k.id`, sort.descending);
  const keys = keysOf(branches, sort.descending, null, limit, offset);
  return sql`SELECT own.*, row_number() OVER (${order}) AS "position" FROM ${rowsOf(query, keys)}`;
}

/** The rows in the order of these ids; ids without a row are skipped. */
function inOrderOf<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
