import { concatenated, type FileFrame, type StoredParts, type TableFormatter } from './exports.format';
import type { WrittenColumn } from './exports.source.rows';

const BOM = '\uFEFF';
const NEEDS_QUOTES = /[",\r\n]|^ | $/;
/** A spreadsheet takes a cell that begins so for a formula; the full-width signs are the same to some of them. */
const LOOKS_LIKE_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Typed by people; all else is numbers, times and ids that we have written ourselves. */
const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'json']);

/** A text that no spreadsheet runs: an apostrophe before it makes it a text there. */
export const defused = (text: string): string => (LOOKS_LIKE_FORMULA.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function line(cells: readonly (string | null)[], columns: readonly WrittenColumn[]): string {
  let text = '';
  for (const [i, cell] of cells.entries()) {
    if (i > 0) text += ',';
    if (cell !== null) text += quoted(FREE_TEXT.has(columns[i]?.type ?? 'text') ? defused(cell) : cell);
  }
  return `${text}\r\n`;
}

async function* assemble(parts: StoredParts, { columns, bom }: FileFrame): AsyncIterable<Uint8Array> {
  const header = columns.map(({ name }) => name).join(',');
  yield Buffer.from(`${bom ? BOM : ''}${header}\r\n`);
  yield* concatenated(parts);
}

/** RFC 4180 in UTF-8: a header line, CRLF, quotes where they are needed. An empty field is no value. */
export const csv: TableFormatter = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  sheetRows: null,
  part: (columns, rows) => ({
    bytes: Buffer.from(rows.map((row) => line(row, columns)).join('')),
    cutTexts: 0,
  }),
  assemble,
};
