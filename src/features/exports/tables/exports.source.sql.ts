import { join, raw, type Sql, sql } from '../../../platform/db/sql';
import { localIso } from '../../../shared/local-time';
import type { ColumnType, ExportFilters } from '../exports.types';
import type { Walk } from './exports.walk.sql';

/** A column of a source. A `time` becomes two columns: in UTC as ISO 8601, and in the school's zone. */
export interface SourceColumn {
  /** In snake_case, the same in every format. */
  name: string;
  type: Exclude<ColumnType, 'local_time'>;
  value: Sql;
  /** Only if the file may contain grades that are not returned yet. */
  isDraft?: boolean;
}

/** The request to a source. */
export interface SourceRequest {
  tenantId: string;
  classId: string | null;
  groupPath: string;
  filters: ExportFilters;
  /** Later rows are not included. */
  snapshotAt: Date;
  /** An IANA time zone. */
  timeZone: string;
  withDrafts: boolean;
  /** The requester. Their own work is shown without grades that are not returned yet, as everywhere. */
  requestedBy: string;
}

/** One kind of table: where its rows come from, and which columns are written. */
export interface Source {
  columns: readonly SourceColumn[];
  /**
   * The order of the rows. A page takes the next keys of any scope, and then the requested ones among them,
   * so each page costs the same, however many rows are left and however few are requested.
   */
  walk(request: SourceRequest): Walk;
  /** The row in `from` that a key of the walk, `w`, stands for. */
  isAtKey: Sql;
  /** Keys per statement; few if a row may hold long texts, because all of them are in memory together. */
  pageRows: number;
  from(request: SourceRequest): Sql;
  where(request: SourceRequest): Sql[];
  /** The student to whose work a row belongs, for the record of who has read it. */
  aboutUser?: Sql;
}

export interface WrittenColumn {
  name: string;
  type: ColumnType;
}

const ISO = `YYYY-MM-DD"T"HH24:MI:SS.MS"Z"`;

const wanted = (source: Source, withDrafts: boolean): SourceColumn[] =>
  source.columns.filter(({ isDraft }) => withDrafts || isDraft !== true);

/** The columns of the file. */
export function writtenColumns(source: Source, withDrafts: boolean): WrittenColumn[] {
  return wanted(source, withDrafts).flatMap(({ name, type }): WrittenColumn[] =>
    type === 'time'
      ? [
          { name, type },
          { name: `${name}_local`, type: 'local_time' },
        ]
      : [{ name, type }],
  );
}

/** The requester gets no draft grades of their own work, even if they may read those of all others. */
function shown({ isDraft, value }: SourceColumn, { aboutUser }: Source, requestedBy: string): Sql {
  if (isDraft !== true || aboutUser === undefined) return value;
  return sql`CASE WHEN ${aboutUser} <> ${requestedBy}::uuid THEN ${value} END`;
}

const textOf = (type: SourceColumn['type'], value: Sql): Sql =>
  type === 'time' ? sql`to_char((${value}) AT TIME ZONE 'UTC', ${raw(`'${ISO}'`)})` : sql`(${value})::text`;

const conditions = (source: Source, request: SourceRequest): Sql => join(source.where(request), ' AND ');

/** Counts the rows. */
export function countStatement(source: Source, request: SourceRequest): Sql {
  return sql`SELECT count(*) AS count
             FROM ${source.from(request)}
             WHERE ${conditions(source, request)}`;
}

/**
 * Selects the next `limit` keys after `after`, with their parts as `k0`, `k1`…, each with its cells as
 * `c0`, `c1`… if its row was requested (`isIn`). The database turns everything into text, so that no number
 * format of this process matters. Local times are not among the cells (`cellsOf`). It runs row by row
 * (OFFSET 0), because the planner would otherwise read whole tables for a thousand keys.
 */
export function pageStatement(
  source: Source,
  request: SourceRequest,
  after: readonly string[] | null,
  limit: number,
): Sql {
  const walk = source.walk(request);
  const keys = walk.types.map((_, i) => raw(`w.k${i}`));
  const cells = wanted(source, request.withDrafts).map((column) =>
    textOf(column.type, shown(column, source, request.requestedBy)),
  );
  const texts = cells.map((cell, i) => sql`${cell} AS ${raw(`c${i}`)}`);
  return sql`SELECT ${join(keys.map((key, i) => sql`${key}::text AS ${raw(`k${i}`)}`))}, x.*
    FROM (${walk.keys(after, limit)}) w
    LEFT JOIN LATERAL (
      SELECT TRUE AS "isIn", ${join(texts)}
      FROM ${source.from(request)}
      WHERE ${source.isAtKey} AND ${conditions(source, request)}
      OFFSET 0) x ON TRUE
    ORDER BY ${join(keys)}`;
}

/** The cells of a row of `pageStatement`, with the local time after each time. */
export function cellsOf(
  source: Source,
  { withDrafts, timeZone }: SourceRequest,
  row: Readonly<Record<string, unknown>>,
): (string | null)[] {
  return wanted(source, withDrafts).flatMap(({ type }, i) => {
    const text = (row[`c${i}`] ?? null) as string | null;
    if (type !== 'time') return [text];
    return [text, text === null ? null : localIso(timeZone, new Date(text))];
  });
}

/** The students whose work it contains, each once. */
export function peopleStatement(source: Source, aboutUser: Sql, request: SourceRequest): Sql {
  return sql`SELECT DISTINCT ${aboutUser} AS id
             FROM ${source.from(request)}
             WHERE ${conditions(source, request)}
             ORDER BY 1`;
}
