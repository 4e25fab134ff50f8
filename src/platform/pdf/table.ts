import type { Column, TableBlock } from './blocks';

export interface RowRange {
  from: number;
  to: number;
}

export interface PageRoom {
  /** The space left on the page where the table begins, without its title and head. */
  first: number;
  /** The space on a whole page below a repeated head. */
  rest: number;
}

/**
 * Decides which rows go on which page. A head never stands alone at the foot of a page: at least two rows
 * follow it, or the table begins on the next page (the first range is then empty). A last row does not
 * stand alone on a page either. Pure.
 * @param heights the heights of the rows; none is higher than a page
 */
export function paginate(heights: readonly number[], { first, rest }: PageRoom): RowRange[] {
  const pages: RowRange[] = [];
  let from = 0;
  let room = first;
  while (from < heights.length || pages.length === 0) {
    let to = from;
    let used = 0;
    while (to < heights.length && used + (heights[to] as number) <= room) {
      used += heights[to] as number;
      to += 1;
    }
    const isTooFew = pages.length === 0 && to - from < Math.min(2, heights.length);
    if (isTooFew) to = from;
    // A row that is higher than the page is still drawn, over the page's foot.
    else if (to === from && from < heights.length && pages.length > 0) to += 1;
    // The last row would be alone on the next page, so one more row goes with it.
    if (to === heights.length - 1 && to - from > 2) to -= 1;
    pages.push({ from, to });
    from = to;
    room = rest;
  }
  return pages;
}

/** Space left and right of the text of a cell, in points. */
export const CELL_PADDING = 5;
/** A number column is never so wide that names get less than this, in points. */
const MIN_TEXT_WIDTH = 70;

/**
 * Computes the widths of the columns: numbers get the width of their widest value, texts share the rest by
 * the width they want. Pure.
 * @param wanted the width that each column wants, in points
 */
export function columnWidths(columns: readonly Column[], wanted: readonly number[], total: number): number[] {
  const texts = columns.flatMap(({ align }, i) => (align === 'left' ? [i] : []));
  const numbers = wanted.reduce((sum, width, i) => (texts.includes(i) ? sum : sum + width), 0);
  const room = Math.max(total - numbers, texts.length * MIN_TEXT_WIDTH);
  const widths = wanted.map((width) => (width * (total - room)) / Math.max(1, numbers));
  // Each text column has its minimum; the rest is divided by what each wants beyond that.
  const spare = room - texts.length * MIN_TEXT_WIDTH;
  const wishes = texts.map((i) => Math.max(0, (wanted[i] as number) - MIN_TEXT_WIDTH));
  const wish = wishes.reduce((sum, each) => sum + each, 0);
  for (const [n, i] of texts.entries()) {
    const share = wish === 0 ? 1 / texts.length : (wishes[n] as number) / wish;
    widths[i] = MIN_TEXT_WIDTH + spare * share;
  }
  return widths;
}

/** The cells of all rows, including the total. */
export const allRows = (table: TableBlock): (readonly string[])[] =>
  table.total === undefined ? [...table.rows] : [...table.rows, table.total];
