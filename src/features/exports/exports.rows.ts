import type { SourceRequest, WrittenColumn } from './exports.source.rows';

/** A row of a table: its key, by which the next page begins, and its cells as text, in the order of the columns. */
export interface TableRow {
  key: readonly string[];
  cells: readonly (string | null)[];
}

/** One kind of table, page by page in the order of its keys. What it answers depends on its arguments and the data alone. */
export interface TableRows {
  /** Rows of one page. */
  readonly pageRows: number;
  columns(withDrafts: boolean): readonly WrittenColumn[];
  count(request: SourceRequest): Promise<number>;
  page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TableRow[]>;
  /** The students whose work is in it, each once; none where it is nobody's work. */
  people(request: SourceRequest): Promise<string[]>;
}
