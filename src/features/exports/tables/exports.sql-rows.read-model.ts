import { z } from 'zod';
import { IdRow } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import {
  cellsOf,
  countStatement,
  pageStatement,
  peopleStatement,
  type Source,
  type SourceRequest,
  type WrittenColumn,
  writtenColumns,
} from './exports.source.sql';
import type { TablePage, TableRows } from './exports.table-rows';

const CountRow = z.object({ count: z.number() });
const PageRow = z.record(z.string(), z.union([z.string(), z.boolean()]).nullable());

/** Tables that consist of one query. */
export class SqlRows implements TableRows {
  constructor(
    private readonly db: Database,
    private readonly source: Source,
  ) {}

  get pageRows(): number {
    return this.source.pageRows;
  }

  columns(withDrafts: boolean): WrittenColumn[] {
    return writtenColumns(this.source, withDrafts);
  }

  async count(request: SourceRequest): Promise<number> {
    return (await this.db.row(countStatement(this.source, request), CountRow))?.count ?? 0;
  }

  async page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TablePage> {
    const { source } = this;
    const found = await this.db.rows(pageStatement(source, request, after, limit), PageRow);
    const last = found.at(-1);
    return {
      // Named columns, not arrays, because the driver parses arrays character by character.
      rows: found.filter(({ isIn }) => isIn === true).map((row) => cellsOf(source, request, row)),
      after: last === undefined ? after : source.walk(request).types.map((_, i) => last[`k${i}`] as string),
      isLast: found.length < limit,
    };
  }

  async people(request: SourceRequest): Promise<string[]> {
    const { aboutUser } = this.source;
    if (aboutUser === undefined) return [];
    return (await this.db.rows(peopleStatement(this.source, aboutUser, request), IdRow)).map(({ id }) => id);
  }
}
