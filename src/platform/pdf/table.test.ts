import fc from 'fast-check';
import type { Column } from './blocks';
import { columnWidths, paginate } from './table';

describe('a table over pages', () => {
  it('stays on one page if it fits', () => {
    expect(paginate([20, 20, 20], { first: 60, rest: 700 })).toEqual([{ from: 0, to: 3 }]);
  });

  it('begins on the next page rather than with a head and one row', () => {
    expect(paginate([20, 20, 20], { first: 39, rest: 700 })).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 3 },
    ]);
  });

  it('moves a row along so that the last one is not alone', () => {
    expect(paginate([20, 20, 20, 20], { first: 60, rest: 700 })).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 4 },
    ]);
  });

  it('draws a table of one row with its head', () => {
    expect(paginate([20], { first: 10, rest: 700 })).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 1 },
    ]);
    expect(paginate([20], { first: 20, rest: 700 })).toEqual([{ from: 0, to: 1 }]);
  });

  it('ends even if a row is higher than a page', () => {
    expect(paginate([900, 900], { first: 700, rest: 700 })).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ]);
  });

  it('shows every row once, in order, and none beyond the foot of its page', () => {
    const heights = fc.array(fc.integer({ min: 10, max: 200 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(heights, fc.integer({ min: -50, max: 700 }), (rows, first) => {
        const pages = paginate(rows, { first, rest: 700 });
        expect(pages.flatMap(({ from, to }) => rows.slice(from, to))).toEqual(rows);
        for (const [i, { from, to }] of pages.entries()) {
          const used = rows.slice(from, to).reduce((sum, height) => sum + height, 0);
          expect(used).toBeLessThanOrEqual(i === 0 ? Math.max(0, first) : 700);
          if (i > 0) expect(from).toBe(pages[i - 1]?.to);
        }
      }),
    );
  });
});

describe('columns', () => {
  const column = (align: Column['align']): Column => ({ title: '', align });

  it('give numbers the width that they need, and texts the rest', () => {
    const widths = columnWidths([column('left'), column('right'), column('right')], [400, 50, 60], 500);
    expect(widths.map(Math.round)).toEqual([390, 50, 60]);
  });

  it('share the rest by what each text would like', () => {
    const [a, b] = columnWidths([column('left'), column('left')], [300, 100], 500) as [number, number];
    expect(a + b).toBeCloseTo(500);
    expect(a).toBeGreaterThan(b);
  });

  it('always add up, and always leave room for names', () => {
    const wanted = fc.array(fc.integer({ min: 10, max: 600 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(wanted, (each) => {
        const columns = each.map((_, i) => column(i === 0 ? 'left' : 'right'));
        const widths = columnWidths(columns, each, 500);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(500);
        expect(widths[0]).toBeGreaterThanOrEqual(69.99);
      }),
    );
  });
});
