import { BOM, csvLines, defused } from '../../../shared/csv';
import { concatenated, type FileFrame, type StoredParts, type TableFormatter } from './exports.format';

/** Column types with users' texts; all others are numbers, times and ids that we write ourselves. */
const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'json']);

function cellsOf(row: readonly (string | null)[], isText: readonly boolean[]): (string | null)[] {
  return row.map((cell, i) => (cell !== null && isText[i] === true ? defused(cell) : cell));
}

async function* assemble(parts: StoredParts, { columns, bom }: FileFrame): AsyncIterable<Uint8Array> {
  const header = columns.map(({ name }) => name).join(',');
  yield Buffer.from(`${bom ? BOM : ''}${header}\r\n`);
  yield* concatenated(parts);
}

/** RFC 4180 in UTF-8: a header line, CRLF, every value in quotes. A null is an empty field. */
export const csv: TableFormatter = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  sheetRows: null,
  part: (columns, rows) => {
    const isText = columns.map(({ type }) => FREE_TEXT.has(type));
    return { bytes: Buffer.from(csvLines(rows.map((row) => cellsOf(row, isText)))), cutTexts: 0 };
  },
  assemble,
};
