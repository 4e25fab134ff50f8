import type { TableFormatter } from './exports.format';
import type { TableRows } from './exports.rows';
import type { SourceRequest } from './exports.source.rows';
import type { Export, ExportCursor } from './exports.types';

/** A part is written, stored and counted as one: so much is done again at most where a worker dies. */
const PART_ROWS = 5_000;
/** So much is in memory of it; a part in the bucket should not be much smaller, as each costs a request. */
const PART_BYTES = 1024 * 1024;

export interface NextPart {
  /** Its bytes, page by page. */
  chunks: readonly Buffer[];
  rows: number;
  cursor: ExportCursor;
  /** Whether nothing comes after it. */
  isLast: boolean;
}

const FIRST: ExportCursor = { after: null, sheetStarts: [0], cutTexts: 0 };

/** How many rows the next part may have: none reaches from one sheet into the next. */
function roomFor({ sheetRows }: TableFormatter, rowsDone: number): number {
  return sheetRows === null ? PART_ROWS : Math.min(PART_ROWS, sheetRows - (rowsDone % sheetRows));
}

/** Reads and writes the rows behind the cursor, as many as make a part. It depends on the rows and the cursor alone. */
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
  const part = { rows: 0, bytes: 0, cutTexts: 0, after: cursor.after, isLast: false };
  while (!part.isLast && part.rows < room && part.bytes < PART_BYTES) {
    const limit = Math.min(rows.pageRows, room - part.rows);
    const page = await rows.page(request, part.after, limit);
    // Turned into bytes at once: what is kept of a page is small, and lies outside of what the garbage collector goes through.
    const { bytes, cutTexts } = formatter.part(
      columns,
      page.map(({ cells }) => cells),
    );
    written.push(bytes);
    part.rows += page.length;
    part.bytes += bytes.length;
    part.cutTexts += cutTexts;
    part.after = page.at(-1)?.key ?? part.after;
    part.isLast = page.length < limit;
  }
  const beginsSheet =
    formatter.sheetRows !== null && found.rowsDone > 0 && found.rowsDone % formatter.sheetRows === 0;
  return {
    chunks: written,
    rows: part.rows,
    isLast: part.isLast,
    cursor: {
      after: part.after,
      sheetStarts:
        beginsSheet && part.rows > 0 ? [...cursor.sheetStarts, found.partsDone] : cursor.sheetStarts,
      cutTexts: cursor.cutTexts + part.cutTexts,
    },
  };
}
