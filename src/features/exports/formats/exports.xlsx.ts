import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { WrittenColumn } from '../tables/exports.source.sql';
import { concatenated, type FileFrame, type StoredParts, type TableFormatter } from './exports.format';
import { cell, columnLetters, escapeXml } from './exports.xlsx.cells';

/** Excel allows 1,048,576 rows, including the header. */
const SHEET_ROWS = 1_000_000;
/**
 * In every export, so that the file does not depend on when it was made. In the local zone, because ZIP has
 * no zones.
 */
const FIXED_TIME = new Date(1980, 0, 1);

/** What a file stream usually reads at once. */
const PIECE_BYTES = 64 * 1024;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const contentTypes = (sheets: number): string =>
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
  `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
  `<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>` +
  `${numbers(sheets)
    .map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`)
    .join('')}</Types>`;

const ROOT_RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const workbook = (title: string, sheets: number): string =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${numbers(sheets)
    .map(
      (n) => `<sheet name="${escapeXml(n === 1 ? title : `${title} ${n}`)}" sheetId="${n}" r:id="rId${n}"/>`,
    )
    .join('')}</sheets></workbook>`;

const workbookRelations = (sheets: number): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${numbers(sheets)
    .map(
      (n) => `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
    )
    .join(
      '',
    )}<Relationship Id="rId${sheets + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`;

/** Style 1 is a date with a time, 2 a date, 3 the header. */
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>` +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
  '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

function sheetHead(columns: readonly WrittenColumn[]): string {
  const header = columns.map(({ name }) => `<c t="inlineStr" s="3"><is><t>${escapeXml(name)}</t></is></c>`);
  // The header stays visible, and its columns can be filtered.
  return (
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols><col min="1" max="${columns.length}" width="22" customWidth="1"/></cols><sheetData><row>${header.join('')}</row>`
  );
}

const sheetTail = (columns: readonly WrittenColumn[]): string =>
  `</sheetData><autoFilter ref="A1:${columnLetters(columns.length)}1"/></worksheet>`;

async function* sheet(
  parts: StoredParts,
  columns: readonly WrittenColumn[],
  from: number,
  to: number,
): AsyncIterable<Uint8Array> {
  yield Buffer.from(sheetHead(columns));
  yield* concatenated(parts, from, to);
  yield Buffer.from(sheetTail(columns));
}

/**
 * The same bytes in pieces of equal size. A compressor's output may depend on the pieces, and a network
 * never delivers the same ones twice.
 */
async function* evenly(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      const taken = Math.min(PIECE_BYTES - filled, chunk.byteLength - at);
      piece.set(chunk.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/**
 * Assembles the workbook as a ZIP. Its bytes depend on the rows only: no times, no program names, always
 * the same order.
 */
function assemble(parts: StoredParts, { columns, sheetStarts, title }: FileFrame): AsyncIterable<Uint8Array> {
  const starts = sheetStarts.length === 0 ? [0] : sheetStarts;
  const zip = new ZipFile();
  const options = { mtime: FIXED_TIME, mode: 0o100644, forceDosTimestamp: true };
  const add = (path: string, text: string) => zip.addBuffer(Buffer.from(text), path, options);
  add('[Content_Types].xml', contentTypes(starts.length));
  add('_rels/.rels', ROOT_RELATIONS);
  add('xl/workbook.xml', workbook(title, starts.length));
  add('xl/_rels/workbook.xml.rels', workbookRelations(starts.length));
  add('xl/styles.xml', STYLES);
  const output = zip.outputStream as Readable;
  // The library ignores errors of its source, so this passes them on: the file must end with the error, and
  // the source with the file.
  const open = (from: number, to: number): Readable => {
    const source = Readable.from(evenly(sheet(parts, columns, from, to)), { objectMode: false });
    source.on('error', (error) => output.destroy(error));
    output.on('close', () => source.destroy());
    return source;
  };
  for (const [i, from] of starts.entries()) {
    const to = starts[i + 1] ?? parts.count;
    zip.addReadStreamLazy(`xl/worksheets/sheet${i + 1}.xml`, options, (give) => give(null, open(from, to)));
  }
  zip.on('error', (error: Error) => output.destroy(error));
  zip.end();
  return output;
}

/** An Excel workbook (OOXML). Its texts are stored as texts, so none can be a formula. */
export const xlsx: TableFormatter = {
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: 'xlsx',
  sheetRows: SHEET_ROWS,
  part: (columns, rows) => {
    const cut = { texts: 0 };
    const lines = rows.map(
      (row) => `<row>${row.map((text, i) => cell(text, columns[i]?.type ?? 'text', cut)).join('')}</row>`,
    );
    return { bytes: Buffer.from(lines.join('')), cutTexts: cut.texts };
  },
  assemble,
};
