import fc from 'fast-check';
import { contrast, paletteOf } from './palette';

const white = '#ffffff';

describe('a palette', () => {
  it('keeps a school colour that paper can show', () => {
    expect(paletteOf({ primary: '#1f5f4a', accents: ['#f2b134'] })).toMatchObject({
      heading: '#1f5f4a',
      band: '#1f5f4a',
      series: ['#1f5f4a', '#f2b134'],
    });
  });

  it('accepts all notations of a colour, and uses a neutral blue without one', () => {
    expect(paletteOf({ primary: '#abc', accents: [] }).heading).toMatch(/^#[0-9a-f]{6}$/);
    expect(paletteOf({ primary: '#1f5f4a80', accents: [] }).band).toBe('#1f5f4a');
    expect(paletteOf({ primary: undefined, accents: [undefined] }).band).toBe('#1d4f91');
    expect(paletteOf({ primary: 'red', accents: ['blue'] }).band).toBe('#1d4f91');
  });

  it('is readable and its series differ, whatever the school chose', () => {
    const color = fc
      .integer({ min: 0, max: 0xffffff })
      .map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(color, color, (primary, accent) => {
        const palette = paletteOf({ primary, accents: [accent] });
        expect(contrast(palette.heading, white)).toBeGreaterThanOrEqual(4.4);
        expect(contrast(palette.series[0], white)).toBeGreaterThanOrEqual(2.9);
        expect(contrast(palette.series[0], palette.series[1])).toBeGreaterThanOrEqual(1.5);
        expect(contrast(palette.heading, palette.tint)).toBeGreaterThanOrEqual(3.5);
      }),
    );
  });
});
