import fc from 'fast-check';
import { labelStep, niceScale } from './scale';

describe('an axis', () => {
  it('ends in a round number above the highest value', () => {
    expect(niceScale(23, 4, true)).toEqual({ max: 30, ticks: [0, 10, 20, 30] });
    expect(niceScale(100, 4, true).ticks).toEqual([0, 25, 50, 75, 100]);
    expect(niceScale(0.31, 4, false).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(niceScale(3, 4, true).ticks).toEqual([0, 1, 2, 3]);
  });

  it('goes from 0 to 1 if there is nothing to show', () => {
    expect(niceScale(0, 4, true)).toEqual({ max: 1, ticks: [0, 1] });
    expect(niceScale(Number.NaN, 4, true)).toEqual({ max: 1, ticks: [0, 1] });
  });

  it('contains every value, with few marks and even steps', () => {
    const highest = fc.double({ min: 1e-6, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(highest, fc.integer({ min: 2, max: 8 }), fc.boolean(), (value, wanted, integers) => {
        const { max, ticks } = niceScale(value, wanted, integers);
        expect(max).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 2);
        if (integers) expect(ticks.every(Number.isInteger)).toBe(true);
      }),
    );
  });
});

describe('labels of categories', () => {
  it('are skipped evenly if they would overlap', () => {
    expect(labelStep(10, 300, 25)).toBe(1);
    expect(labelStep(30, 300, 30)).toBe(3);
    expect(labelStep(62, 300, 40)).toBe(9);
    expect(labelStep(5, 10, 40)).toBe(5);
  });
});
