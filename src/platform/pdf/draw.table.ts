import type { Column, TableBlock } from './blocks';
import type { Sheet } from './sheet';
import { allRows, CELL_PADDING, columnWidths, paginate, type RowRange } from './table';
import { lineHeight, printable } from './typesetter';

const SIZE = 8.5;
const HEAD_SIZE = 8;
const TITLE_SIZE = 12;
/** Space above and below the text of a row. */
const ROW_PADDING = 3.5;
/** Space between a table's title and its head, and after the table. */
const GAP = 6;
const AFTER = 20;
const RULE = 0.4;
/** A column gets at least this share of its title's width, so that titles take two lines and not five. */
const TITLE_SHARE = 0.62;

interface Layout {
  table: TableBlock;
  widths: number[];
  head: string[][];
  headHeight: number;
  /** The lines of each cell of each row; the total comes last. */
  cells: string[][][];
  heights: number[];
}

const heightOf = (cells: readonly (readonly string[])[], size: number): number =>
  Math.max(1, ...cells.map((lines) => lines.length)) * lineHeight(size) + 2 * ROW_PADDING;

/** The width that each column needs: its widest cell, and at least the longest word and most of its title. */
function wantedWidths({ type }: Sheet, table: TableBlock): number[] {
  const rows = allRows(table);
  return table.columns.map(({ title }, i) => {
    const cells = rows.map((row) => type.width(printable(row[i] as string), { size: SIZE }));
    const words = title.split(' ').map((word) => type.width(word, { size: HEAD_SIZE, weight: 'bold' }));
    const most = type.width(title, { size: HEAD_SIZE, weight: 'bold' }) * TITLE_SHARE;
    return Math.max(most, ...cells, ...words) + 2 * CELL_PADDING + 2;
  });
}

function layOut(sheet: Sheet, table: TableBlock): Layout {
  const { type } = sheet;
  const widths = columnWidths(table.columns, wantedWidths(sheet, table), sheet.width);
  const inner = widths.map((width) => width - 2 * CELL_PADDING);
  const head = table.columns.map(({ title }, i) =>
    type.wrap(title, inner[i] as number, { size: HEAD_SIZE, weight: 'bold' }),
  );
  const cells = allRows(table).map((row, r) =>
    row.map((cell, i) =>
      type.wrap(printable(cell), inner[i] as number, {
        size: SIZE,
        weight: r === table.rows.length ? 'bold' : 'regular',
      }),
    ),
  );
  return {
    table,
    widths,
    head,
    headHeight: heightOf(head, HEAD_SIZE),
    cells,
    heights: cells.map((row) => heightOf(row, SIZE)),
  };
}

function drawCells(
  sheet: Sheet,
  { columns, widths }: { columns: readonly Column[]; widths: readonly number[] },
  cells: readonly (readonly string[])[],
  style: { size: number; weight: 'regular' | 'bold'; color: string },
): void {
  let x = sheet.left;
  for (const [i, lines] of cells.entries()) {
    const width = widths[i] as number;
    const { align } = columns[i] as Column;
    const at = align === 'left' ? x + CELL_PADDING : x + width - CELL_PADDING;
    for (const [n, line] of lines.entries())
      sheet.type.line(line, at, sheet.y + ROW_PADDING + n * lineHeight(style.size), { ...style, align });
    x += width;
  }
}

function drawHead(sheet: Sheet, { table, widths, head, headHeight }: Layout): void {
  sheet.fill(sheet.left, sheet.y, sheet.width, headHeight, sheet.palette.tint);
  drawCells(sheet, { columns: table.columns, widths }, head, {
    size: HEAD_SIZE,
    weight: 'bold',
    color: sheet.palette.heading,
  });
  sheet.y += headHeight;
  sheet.rule(sheet.left, sheet.y, sheet.right, sheet.y, sheet.palette.band, 0.8);
}

function drawRows(sheet: Sheet, layout: Layout, { from, to }: RowRange): void {
  const { table, widths, cells, heights } = layout;
  for (let row = from; row < to; row += 1) {
    const height = heights[row] as number;
    const isTotal = row === table.rows.length;
    if (isTotal) sheet.rule(sheet.left, sheet.y, sheet.right, sheet.y, sheet.palette.band, 0.8);
    else if (row % 2 === 1)
      sheet.fill(sheet.left, sheet.y + RULE / 2, sheet.width, height - RULE / 2, sheet.palette.stripe);
    drawCells(sheet, { columns: table.columns, widths }, cells[row] as string[][], {
      size: SIZE,
      weight: isTotal ? 'bold' : 'regular',
      color: sheet.palette.text,
    });
    sheet.y += height;
    if (!isTotal) sheet.rule(sheet.left, sheet.y, sheet.right, sheet.y, sheet.palette.rule, RULE);
  }
}

function drawTitle(sheet: Sheet, title: string): void {
  sheet.type.line(title, sheet.left, sheet.y, {
    size: TITLE_SIZE,
    weight: 'bold',
    color: sheet.palette.heading,
  });
  sheet.y += lineHeight(TITLE_SIZE) + GAP;
}

/** Draws a table over as many pages as it needs, and repeats its head on each. */
export function drawTable(sheet: Sheet, table: TableBlock): void {
  const titleHeight = lineHeight(TITLE_SIZE) + GAP;
  if (table.rows.length === 0) {
    sheet.ensure(titleHeight + lineHeight(SIZE));
    drawTitle(sheet, table.title);
    sheet.type.line(table.empty, sheet.left, sheet.y, { size: SIZE, color: sheet.palette.muted });
    sheet.y += lineHeight(SIZE) + AFTER;
    return;
  }
  const layout = layOut(sheet, table);
  const pages = paginate(layout.heights, {
    first: sheet.room - titleHeight - layout.headHeight,
    rest: sheet.pageRoom - layout.headHeight - (sheet.y > sheet.bottom - sheet.pageRoom ? titleHeight : 0),
  });
  let isBegun = false;
  for (const [i, range] of pages.entries()) {
    if (i > 0) sheet.nextPage();
    if (range.to === range.from) continue;
    if (!isBegun) drawTitle(sheet, table.title);
    isBegun = true;
    drawHead(sheet, layout);
    drawRows(sheet, layout, range);
  }
  sheet.y += AFTER;
}
