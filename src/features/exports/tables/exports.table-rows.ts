import type { SourceRequest, WrittenColumn } from './exports.source.sql';

/** The cells of a row as text, in the order of the columns. */
export type Cells = readonly (string | null)[];

export interface TablePage {
  /** Fewer rows than were read, or none, if the request covers a small part of the table. */
  rows: readonly Cells[];
  /** The key after which the next page begins. */
  after: readonly string[] | null;
  /** Whether it is the last page. */
  isLast: boolean;
}

/**
 * One kind of table, read page by page in the order of its keys. Its answers depend only on its arguments
 * and the data.
 */
export interface TableRows {
  /** The most rows of one page. */
  readonly pageRows: number;
  columns(withDrafts: boolean): readonly WrittenColumn[];
  count(request: SourceRequest): Promise<number>;
  page(request: SourceRequest, after: readonly string[] | null, limit: number): Promise<TablePage>;
  /** Lists the students whose work it contains, each once; none if it contains no one's work. */
  people(request: SourceRequest): Promise<string[]>;
}
