import type { Export, ExportCursor } from '../exports.types';
import type { TableFormatter } from '../formats/exports.format';
import type { SourceRequest } from '../tables/exports.source.sql';
import type { TablePage, TableRows } from '../tables/exports.table-rows';

/**
 * A part is written, stored and counted as a whole, so a dead worker costs at most this much repeated work.
 */
const PART_ROWS = 5_000;
/**
 * How much of a part is in memory. A part in a bucket should not be much smaller, because each costs a
 * request.
 */
const PART_BYTES = 1024 * 1024;
/** How many pages are read for a part, even if few of their rows are wanted: this takes a second or two. */
const PART_PAGES = 500;

export interface NextPart {
  /** Its bytes, page by page. */
  chunks: readonly Buffer[];
  rows: number;
  cursor: ExportCursor;
  /** Whether it is the last part. */
  isLast: boolean;
}

/**
 * Raise it with each change of the rows' order or columns: an export that began with another number starts
 * again.
 */
const ROW_ORDER = 3;

/** Whether the rows after the cursor are the missing ones. */
export const isInOrder = (cursor: ExportCursor | null): boolean =>
  cursor === null || cursor.order === ROW_ORDER;

const FIRST: ExportCursor = { order: ROW_ORDER, after: null, sheetStarts: [0], cutTexts: 0 };

/** How many rows the next part may have: a part never spans two sheets. */
function roomFor({ sheetRows }: TableFormatter, rowsDone: number): number {
  return sheetRows === null ? PART_ROWS : Math.min(PART_ROWS, sheetRows - (rowsDone % sheetRows));
}

/** How many rows the next page may have: one of few sizes, because each size is a separate statement. */
const pageOf = (pageRows: number, room: number): number =>
  [pageRows, 100, 10].find((size) => size <= room) ?? 1;

/**
 * Reads and writes the rows after the cursor, as many as make a part. The result depends only on the rows
 * and the cursor.
 */
export async function makePart(
  rows: TableRows,
  formatter: TableFormatter,
  request: SourceRequest,
  found: Pick<Export, 'cursor' | 'rowsDone' | 'partsDone'>,
): Promise<NextPart> {
  const cursor = found.cursor ?? FIRST;
  const room = roomFor(formatter, found.rowsDone);
  const columns = rows.columns(request.withDrafts);
  const written: Buffer[] = [];
  const part = { pages: 0, rows: 0, bytes: 0, cutTexts: 0, after: cursor.after, isLast: false };
  const next = () => rows.page(request, part.after, pageOf(rows.pageRows, room - part.rows));
  const hasRoom = () => part.rows < room && part.bytes < PART_BYTES && part.pages < PART_PAGES;
  for (let coming: ReturnType<typeof next> | null = next(); coming !== null; ) {
    const page: TablePage = await coming;
    part.pages += 1;
    part.rows += page.rows.length;
    part.after = page.after;
    part.isLast = page.isLast;
    // The database reads the next page while this one is written.
    coming = !part.isLast && hasRoom() ? next() : null;
    coming?.catch(() => {});
    // Turned into bytes immediately: the result is small, and outside of the garbage collector's heap.
    const { bytes, cutTexts } = formatter.part(columns, page.rows);
    written.push(bytes);
    part.bytes += bytes.length;
    part.cutTexts += cutTexts;
    if (part.bytes >= PART_BYTES) break;
  }
  const beginsSheet =
    formatter.sheetRows !== null && found.rowsDone > 0 && found.rowsDone % formatter.sheetRows === 0;
  return {
    chunks: written,
    rows: part.rows,
    isLast: part.isLast,
    cursor: {
      order: ROW_ORDER,
      after: part.after,
      sheetStarts:
        beginsSheet && part.rows > 0 ? [...cursor.sheetStarts, found.partsDone] : cursor.sheetStarts,
      cutTexts: cursor.cutTexts + part.cutTexts,
    },
  };
}
