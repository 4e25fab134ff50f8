import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { TableRow, TableRows } from './exports.rows';
import {
  countStatement,
  pageStatement,
  peopleStatement,
  type Source,
  type SourceRequest,
  type WrittenColumn,
  writtenColumns,
} from './exports.source.rows';

const CountRow = z.object({ count: z.number() });
const IdRow = z.object({ id: z.string() });
const PageRow = z.record(z.string(), z.string().nullable());

/** Tables that are one query. */
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

  async page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    const { source } = this;
    const [keys, cells] = [source.key.length, writtenColumns(source, request.withDrafts).length];
    const rows = await this.db.rows(pageStatement(source, request, after, limit), PageRow);
    // Named columns, not arrays: the driver takes arrays apart character by character.
    return rows.map((row) => ({
      key: Array.from({ length: keys }, (_, i) => row[`k${i}`] as string),
      cells: Array.from({ length: cells }, (_, i) => row[`c${i}`] ?? null),
    }));
  }

  async people(request: SourceRequest): Promise<string[]> {
    const { aboutUser } = this.source;
    if (aboutUser === undefined) return [];
    return (await this.db.rows(peopleStatement(this.source, aboutUser, request), IdRow)).map(({ id }) => id);
  }
}
