import type { SourceRequest, WrittenColumn } from './exports.source.sql';

/** The cells of a row as text, in the order of the columns. */
export type Cells = readonly (string | null)[];

export interface TablePage {
  /** Fewer than were looked at, or none, if what was asked for is a small part of all there is. */
  rows: readonly Cells[];
  /** Behind what the next page begins. */
  after: readonly string[] | null;
  /** Whether nothing comes after it. */
  isLast: boolean;
}

/** One kind of table, page by page in the order of its keys. What it answers depends on its arguments and the data alone. */
export interface TableRows {
  /** The most rows of one page. */
  readonly pageRows: number;
  columns(withDrafts: boolean): readonly WrittenColumn[];
  count(request: SourceRequest): Promise<number>;
  page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TablePage>;
  /** The students whose work is in it, each once; none where it is nobody's work. */
  people(request: SourceRequest): Promise<string[]>;
}
