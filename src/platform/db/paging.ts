import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { InvalidInputError } from '../../shared/errors';
import type { Page, PageRequest, SortOrder } from '../../shared/pages';
import { encodeCursor, readBehind } from './cursors';
import type { Database } from './database';
import {
  branchOf,
  type KeyBranch,
  keysOf,
  type ListStatement,
  placeBehind,
  type SortColumn,
  selectFrom,
  sliceOf,
  sourceOf,
  withGiven,
} from './paging.sql';
import { type Sql, sql } from './sql';

export type { KeyBranch, ListStatement, SortColumn } from './paging.sql';

/** Returns the order of a list. @throws InvalidInputError if no column has the name */
export function sortBy(
  columns: Readonly<Record<string, SortColumn>>,
  { name, descending }: SortOrder,
): ListStatement<z.ZodObject>['sort'] {
  const column = columns[name];
  if (column === undefined) throw new InvalidInputError(`You cannot sort this list by ${name}.`);
  return { column, descending, name: descending ? `-${name}` : name };
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
      const rows = await this.db.rows(
        sql`SELECT k.id, k.key::text AS key
            FROM ${slice}`,
        KeyRow,
      );
      const total = await this.count(sourceOf(branches));
      const pagination = { page: page.page, limit, total, totalPages: Math.ceil(total / limit) };
      return { items: rows.map(({ id }) => id), pagination };
    }
    const after = placeBehind(page.cursor, name, type);
    const keys = keysOf(branches, descending, after, limit + 1);
    const rows = await readBehind(page.cursor, () =>
      this.db.rows(
        sql`SELECT k.id, k.key::text AS key
            FROM ${keys}`,
        KeyRow,
      ),
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
    const { column, name } = query.sort;
    const after = placeBehind(page.cursor, name, column.type);
    const statement = sql`${withGiven(query)} ${selectFrom(query, after, page.limit + 1)}`;
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
        ? sql`SELECT slice.*
              FROM (${slice}) slice
              ORDER BY slice."position"`
        : sql`SELECT counted.total, slice.*
              FROM (SELECT count(*) AS total ${source}) counted
              LEFT JOIN (${slice}) slice ON TRUE
              ORDER BY slice."position"`;
    const rows = await this.db.rows(sql`${withGiven(query)} ${statement}`, NumberedRow);
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

/** The rows in the order of these ids; ids without a row are skipped. */
function inOrderOf<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
